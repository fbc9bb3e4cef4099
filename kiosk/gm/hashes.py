"""SM3 (GB/T 32905) and SM4 in GCM mode (GB/T 32907, GB/T 36624), by `cryptography`."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SM3_SIZE = 32
NONCE_SIZE = 12
TAG_SIZE = 16


def sm3(data: bytes) -> bytes:
    """The digest of 32 bytes."""
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()


class Sm4Gcm:
    """Authenticated encryption with SM4; the nonce is chosen by who calls, once each."""

    def __init__(self, key: bytes) -> None:
        """Raises ValueError for a key that is not of 16 bytes."""
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated: bytes = b"") -> bytes:
        """The ciphertext with its tag of 16 bytes behind it."""
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, sealed: bytes, associated: bytes = b"") -> bytes:
        """The data. Raises ValueError where anything was changed."""
        data, tag = sealed[:-TAG_SIZE], sealed[-TAG_SIZE:]
        if len(tag) < TAG_SIZE:
            raise ValueError("shorter than a tag")
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated)
        try:
            return decryptor.update(data) + decryptor.finalize()
        except InvalidTag as error:
            raise ValueError("not what was encrypted with this key") from error
