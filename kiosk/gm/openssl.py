"""A thin binding to the system's OpenSSL 3: what SM2 needs, and no more.

The wheels of `cryptography` bring their own OpenSSL without SM2; the system's has it
unless a distribution left it out. Nothing here keeps state between calls but the keys.
"""

import ctypes
import ctypes.util
import weakref
from functools import cache

OLDEST = 0x30000000
Pointer = ctypes.c_void_p
Bytes = ctypes.c_char_p
Size = ctypes.c_size_t
Int = ctypes.c_int
Long = ctypes.c_long

SIGNATURES: dict[str, tuple[object, tuple[object, ...]]] = {
    "OpenSSL_version_num": (ctypes.c_ulong, ()),
    "ERR_get_error": (ctypes.c_ulong, ()),
    "ERR_clear_error": (None, ()),
    "ERR_error_string_n": (None, (ctypes.c_ulong, Bytes, Size)),
    "EVP_sm3": (Pointer, ()),
    "d2i_PUBKEY": (Pointer, (Pointer, ctypes.POINTER(Bytes), Long)),
    "d2i_AutoPrivateKey": (Pointer, (Pointer, ctypes.POINTER(Bytes), Long)),
    "i2d_PUBKEY": (Int, (Pointer, ctypes.POINTER(Pointer))),
    "i2d_PrivateKey": (Int, (Pointer, ctypes.POINTER(Pointer))),
    "EVP_PKEY_Q_keygen": (Pointer, (Pointer, Bytes, Bytes)),
    "EVP_PKEY_is_a": (Int, (Pointer, Bytes)),
    "EVP_PKEY_free": (None, (Pointer,)),
    "EVP_PKEY_CTX_new": (Pointer, (Pointer, Pointer)),
    "EVP_PKEY_CTX_free": (None, (Pointer,)),
    "EVP_PKEY_CTX_set1_id": (Int, (Pointer, Bytes, Int)),
    "EVP_MD_CTX_new": (Pointer, ()),
    "EVP_MD_CTX_free": (None, (Pointer,)),
    "EVP_MD_CTX_set_pkey_ctx": (None, (Pointer, Pointer)),
    "EVP_DigestVerifyInit": (Int, (Pointer, Pointer, Pointer, Pointer, Pointer)),
    "EVP_DigestVerify": (Int, (Pointer, Bytes, Size, Bytes, Size)),
    "EVP_DigestSignInit": (Int, (Pointer, Pointer, Pointer, Pointer, Pointer)),
    "EVP_DigestSign": (Int, (Pointer, Pointer, ctypes.POINTER(Size), Bytes, Size)),
}
"""The functions that are called: what each gives back, and what it takes (crypto/evp)."""


class SmUnavailable(RuntimeError):
    """The system's OpenSSL cannot do SM2; the message says what was found."""


class OpenSslError(Exception):
    """OpenSSL refused; the message is its own."""


@cache
def library() -> ctypes.CDLL:
    """The system's libcrypto. Raises SmUnavailable."""
    name = ctypes.util.find_library("crypto")
    if name is None:
        raise SmUnavailable("this system has no libcrypto; OpenSSL 3 with SM2 is needed")
    loaded = ctypes.CDLL(name)
    try:
        for function, (result, arguments) in SIGNATURES.items():
            bound = getattr(loaded, function)
            bound.restype, bound.argtypes = result, arguments
    except AttributeError as error:
        raise SmUnavailable(f"{name} has no SM2: {error}") from error
    version = loaded.OpenSSL_version_num()
    if version < OLDEST:
        raise SmUnavailable(f"{name} is OpenSSL {version:#x}; 3.0 with SM2 is needed")
    return loaded


@cache
def require_sm2() -> str:
    """Make sure at start that SM2 works; the library's version. Raises SmUnavailable."""
    made = library().EVP_PKEY_Q_keygen(None, None, b"SM2")
    if not made:
        raise SmUnavailable(f"this system's OpenSSL was built without SM2: {last_error()}")
    library().EVP_PKEY_free(made)
    number: int = library().OpenSSL_version_num()
    return f"{number >> 28}.{number >> 20 & 0xFF}.{number >> 4 & 0xFF}"


def last_error() -> str:
    """OpenSSL's word for what went wrong last, and a clean slate."""
    crypto = library()
    code = crypto.ERR_get_error()
    crypto.ERR_clear_error()
    text = ctypes.create_string_buffer(200)
    crypto.ERR_error_string_n(code, text, len(text))
    return text.value.decode("ascii", "replace") if code else "no reason given"


class Key:
    """An EVP_PKEY that is freed with its object."""

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer
        self._freed = weakref.finalize(self, library().EVP_PKEY_free, pointer)

    @classmethod
    def public(cls, der: bytes) -> "Key":
        """From a SubjectPublicKeyInfo. Raises OpenSslError."""
        return cls._load("d2i_PUBKEY", der)

    @classmethod
    def private(cls, der: bytes) -> "Key":
        """From PKCS 8 or ECPrivateKey. Raises OpenSslError."""
        return cls._load("d2i_AutoPrivateKey", der)

    @classmethod
    def generate(cls) -> "Key":
        """A new SM2 key. Raises OpenSslError."""
        made = library().EVP_PKEY_Q_keygen(None, None, b"SM2")
        if not made:
            raise OpenSslError(last_error())
        return cls(made)

    @classmethod
    def _load(cls, function: str, der: bytes) -> "Key":
        start = ctypes.c_char_p(der)
        loaded = getattr(library(), function)(None, ctypes.byref(start), len(der))
        if not loaded:
            raise OpenSslError(last_error())
        key = cls(loaded)
        if not library().EVP_PKEY_is_a(loaded, b"SM2"):
            raise OpenSslError("not a key of SM2")
        return key

    def dump(self, function: str) -> bytes:
        """The key as DER, by `i2d_PUBKEY` or `i2d_PrivateKey`. Raises OpenSslError."""
        encode = getattr(library(), function)
        size = encode(self.pointer, None)
        if size <= 0:
            raise OpenSslError(last_error())
        buffer = ctypes.create_string_buffer(size)
        place = ctypes.c_void_p(ctypes.addressof(buffer))
        encode(self.pointer, ctypes.byref(place))
        return buffer.raw[:size]


class DigestContext:
    """An SM3 context for one signature, with the user id set; use it with `with`."""

    def __init__(self, key: Key, user_id: bytes) -> None:
        crypto = library()
        self._key = key
        self.digest = crypto.EVP_MD_CTX_new()
        self._settings = crypto.EVP_PKEY_CTX_new(key.pointer, None)
        if not self.digest or not self._settings:
            raise OpenSslError(last_error())
        if crypto.EVP_PKEY_CTX_set1_id(self._settings, user_id, len(user_id)) <= 0:
            raise OpenSslError(last_error())
        crypto.EVP_MD_CTX_set_pkey_ctx(self.digest, self._settings)

    def __enter__(self) -> "DigestContext":
        return self

    def __exit__(self, *_: object) -> None:
        library().EVP_MD_CTX_free(self.digest)
        library().EVP_PKEY_CTX_free(self._settings)

    def begin(self, function: str) -> None:
        """`EVP_DigestVerifyInit` or `EVP_DigestSignInit`. Raises OpenSslError."""
        crypto = library()
        begun = getattr(crypto, function)
        if begun(self.digest, None, crypto.EVP_sm3(), None, self._key.pointer) != 1:
            raise OpenSslError(last_error())
