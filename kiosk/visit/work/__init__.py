"""What a visit asks to be done, a module for each subject; `Attendant` begins and ends it."""
