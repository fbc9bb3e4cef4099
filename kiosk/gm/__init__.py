"""The national algorithms: SM2 by the system's OpenSSL 3, SM3 and SM4 by `cryptography`.

Knows nothing of the kiosk. A terminal verifies and never signs: `signing.py` is for the
sandbox and tests, and import-linter keeps it there.
"""

from kiosk.gm.hashes import sm3
from kiosk.gm.openssl import SmUnavailable, require_sm2
from kiosk.gm.paths import Chain, ChainVerdict, TrustList, judge_chain
from kiosk.gm.sm2 import DEFAULT_USER_ID, BadKey, PublicKey
from kiosk.gm.x509 import BadCertificate, Certificate, RevocationList

__all__ = [
    "DEFAULT_USER_ID",
    "BadCertificate",
    "BadKey",
    "Certificate",
    "Chain",
    "ChainVerdict",
    "PublicKey",
    "RevocationList",
    "SmUnavailable",
    "TrustList",
    "judge_chain",
    "require_sm2",
    "sm3",
]
