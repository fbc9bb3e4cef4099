"""What a terminal keeps of the platform's publications, to be of use without a line."""
