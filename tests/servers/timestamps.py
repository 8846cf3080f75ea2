"""A real time-stamp authority on loopback, its tokens made by ``openssl ts``. It can be made to misbehave."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ehiia.documents.signing.authority import Credential

CONFIG = """\
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/chain.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """A running authority. ``answer`` may be replaced to make it misbehave."""

    folder: Path
    address: str = ""
    root: x509.Certificate | None = None
    asked: list[bytes] = field(default_factory=list)
    answer: Callable[[bytes], tuple[int, bytes]] = field(init=False)

    def __post_init__(self) -> None:
        """Behave well to begin with."""
        self.behave()

    def behave(self) -> None:
        """Answer as an authority should from now on."""
        self.answer = lambda question: (200, self.reply(question))

    def reply(self, question: bytes) -> bytes:
        """Return what openssl answers to a question."""
        place = self.folder / f"question-{len(self.asked)}.tsq"
        place.write_bytes(question)
        reply = place.with_suffix(".tsr")
        configuration = ("-config", str(self.folder / "tsa.cnf"))
        command = ["openssl", "ts", "-reply", *configuration, "-queryfile", str(place), "-out", str(reply)]
        subprocess.run(command, check=True, capture_output=True)
        return reply.read_bytes()


@contextmanager
def authority(folder: Path, credential: Credential) -> Iterator[Authority]:
    """Run an authority with a time-stamping key (``make_clock``) until the block ends."""
    pem = serialization.Encoding.PEM
    key = credential.key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "tsa.key").write_bytes(key)
    (folder / "tsa.pem").write_bytes(credential.certificate.public_bytes(pem))
    (folder / "chain.pem").write_bytes(b"".join(above.public_bytes(pem) for above in credential.chain))
    (folder / "serial").write_text("01")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    here = Authority(folder, root=credential.chain[-1])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            here.asked.append(question)
            status, content = here.answer(question)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here.address = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
