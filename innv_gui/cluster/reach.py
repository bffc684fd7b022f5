"""Whether a scheduler answers, and if not, why: asked by hand, because Dask gives any failure the same name."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

from innv_gui.cluster.address import Remote
from innv_gui.errors import NoWorker

CONNECT_S = 10.0
ANSWER_S = 5.0  # a scheduler speaks first


def answers(where: Remote) -> bool:
    """False where nothing listens.

    Raises NoWorker, with the reason, for a name that no machine has, and for something that listens but does not let
    us in.
    """
    parts = urlsplit(where.address)
    try:
        plain = socket.create_connection((parts.hostname, parts.port), CONNECT_S)
    except socket.gaierror as error:
        if error.errno != socket.EAI_NONAME:  # names cannot be looked up just now
            return False
        raise NoWorker(f"There is no machine named {parts.hostname}.", "Check the scheduler's address.") from None
    except OSError:
        return False
    with plain:
        plain.settimeout(ANSWER_S)
        try:
            _first_byte(where, plain)
        except ssl.SSLCertVerificationError as error:
            raise _refused(
                where, f"its certificate is not of the authority in --tls-ca: {error.verify_message}"
            ) from None
        except ssl.SSLError as error:
            words = (error.reason or "it breaks off").replace("_", " ").lower()
            raise _refused(where, f"TLS with these certificates fails: {words}") from None
        except TimeoutError:
            raise _refused(where, "it says nothing, as one that expects TLS, or as another program") from None
        except OSError:
            raise _refused(where, "it breaks off") from None
    return True


def _first_byte(where: Remote, plain: socket.socket) -> None:
    """Only after the first answer is our certificate known to be accepted."""
    if where.safety is None:
        heard = plain.recv(1)
    else:
        context = where.safety.get_connection_args("client")["ssl_context"]
        with context.wrap_socket(plain) as safe:
            heard = safe.recv(1)
    if not heard:
        raise ConnectionError


def _refused(where: Remote, why: str) -> NoWorker:
    return NoWorker(
        f"No scheduler answers at {where.address} as it should: {why}.",
        "Check the address, and that all certificates are of one authority and not expired.",
    )
