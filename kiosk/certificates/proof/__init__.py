"""The proof on a printed copy: a signed code that any terminal verifies without a line.

The pipeline is that of the EU's digital certificates: claims as CWT in COSE_Sign1, Base45,
a QR code. What stands in it, and what a verifier must check, is in docs/paper-proof.md.
"""
