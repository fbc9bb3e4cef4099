"""What follows from each event in each step, a module for each subject."""
