"""OFD: package, verification, drawing."""
