"""SM2, SM3, SM4, and certificate paths."""
