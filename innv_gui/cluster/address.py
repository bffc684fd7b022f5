"""Where a Dask scheduler is, and how to speak with it: TLS with given certificates; plainly on this machine only."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from distributed.security import Security

from innv_gui.cluster.worker import security
from innv_gui.errors import BadInput
from innv_gui.named_path import named_path

EXPECTED = "Expected tls://HOST:PORT, or tcp://127.0.0.1:PORT on this machine."


@dataclass(frozen=True)
class Remote:
    """A scheduler that runs somewhere. safety: None is without encryption, on loopback only."""

    address: str
    safety: Security | None
    loopback: bool


def remote(address: str, ca: str | None = None, cert: str | None = None, key: str | None = None) -> Remote:
    """A checked address. ca, cert, key: files in PEM form, all three or none; raises BadInput naming the field."""
    files = {"tls_ca": ca, "tls_cert": cert, "tls_key": key}
    encrypted = _all_or_none(files)
    scheme, host, port = _parts(str(address), "tls" if encrypted else "tcp")
    loopback = _is_loopback(host)
    if scheme == "tls" and not encrypted:
        raise BadInput(f"{address} needs certificates.", "Give --tls-ca, --tls-cert and --tls-key.", field="tls_ca")
    if scheme == "tcp" and encrypted:
        raise BadInput(
            f"Certificates were given, but {address} is not encrypted.", "Give it as tls://HOST:PORT.", "scheduler"
        )
    if scheme == "tcp" and not loopback:
        raise BadInput(
            f"{address} is another machine and not encrypted; images and code would be sent unencrypted.",
            "Start the scheduler with certificates and give --tls-ca, --tls-cert and --tls-key.",
            field="scheduler",
        )
    shown_host = f"[{host}]" if ":" in host else host
    return Remote(f"{scheme}://{shown_host}:{port}", _safety(files) if encrypted else None, loopback)


def _all_or_none(files: dict[str, str | None]) -> bool:
    missing = [name for name, file in files.items() if not file]
    if missing and len(missing) < len(files):
        option = f"--{missing[0].replace('_', '-')}"
        raise BadInput(f"{option} is missing; TLS needs all three files.", f"Add {option} FILE.", field=missing[0])
    return not missing


def _parts(address: str, scheme: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(address if "://" in address else f"{scheme}://{address}")
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")  # as it is looked up
        if not address.isprintable():
            raise ValueError
    except ValueError:
        parts = host = port = None
    if parts is None or not host or not port or parts.scheme not in ("tcp", "tls") or parts.path not in ("", "/"):
        raise BadInput(f"{address!r} is not the address of a scheduler.", EXPECTED, field="scheduler")
    return parts.scheme, host, port


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name: nothing says that it stays on this machine
        return False


def _no_password() -> str:
    """Instead of OpenSSL's question, which each worker process would ask again."""
    raise BadInput(
        "The key is encrypted; expected one without a password.",
        "Write it so: openssl pkey -in KEY -out PLAIN_KEY, readable by you alone.",
        "tls_key",
    )


def _safety(files: dict[str, str]) -> Security:
    """Tried out here, so that a wrong file is reported by its name and not as a failed connection."""
    paths = {name: named_path(file, name) for name, file in files.items()}
    for name, path in paths.items():
        if not path.is_file():
            raise BadInput(f"There is no file {str(path)!r}.", f"--{name.replace('_', '-')} names a PEM file.", name)
    try:
        context = ssl.create_default_context(cafile=str(paths["tls_ca"]))
        context.load_cert_chain(str(paths["tls_cert"]), str(paths["tls_key"]), password=_no_password)
    except (ssl.SSLError, OSError) as error:
        raise BadInput(
            f"The certificates cannot be used: {getattr(error, 'reason', None) or error}.",
            "Give files in PEM form that belong together.",
            field="tls_cert",
        ) from None
    return security(*(str(path.resolve()) for path in paths.values()))
