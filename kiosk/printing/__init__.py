"""What goes on paper, and the ledger of what did."""
