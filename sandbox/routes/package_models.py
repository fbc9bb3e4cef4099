"""What goes over the interface of kept packages, as the OpenAPI page shows it."""

from pydantic import BaseModel, Field

from sandbox.packages import MOST_COPIES, MOST_DAYS


class KeepWish(BaseModel):
    """Where, how often and how long a certificate shall be kept."""

    terminal: str
    copies: int = Field(1, ge=1, le=MOST_COPIES)
    days: int = Field(3, ge=1, le=MOST_DAYS)


class KeptPackage(BaseModel):
    """A package, as its holder sees it."""

    id: str = Field(description="16 bytes, hex")
    certificate: str = Field(description="its identifier (GB/T 36904)")
    terminal: str
    ends: int = Field(description="seconds since 1970")
    copies: int
    printed: int = Field(description="copies that the terminal has reported")


class KeptPackages(BaseModel):
    """All of a holder's packages."""

    packages: list[KeptPackage]


class ListedPackage(BaseModel):
    """A package, as its terminal sees it without opening it."""

    id: str = Field(description="16 bytes, hex")
    tag: str = Field(description="by what it is found when its card is read, hex")
    begins: int = Field(description="seconds since 1970")
    ends: int = Field(description="seconds since 1970")
    copies: int
    size: int = Field(description="bytes")
    used: int = Field(description="copies that the terminal has reported as printed")


class PackageList(BaseModel):
    """All packages that a terminal shall have."""

    packages: list[ListedPackage]
