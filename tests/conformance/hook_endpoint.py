"""A server on loopback that hooks call, and that behaves as badly as it is told: by the path of the
request, which names one of the ways below."""
import socket
import threading
import time

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GIGABYTES = 4 << 30
DRIP_SECONDS = 0.05


class Endpoint:
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.paths, self.released, self.closed = [], threading.Event(), False
        self.answers = {}  # Path: bytes, before the ways below.
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed = True
        self.released.set()
        self.listener.close()

    def url(self, path, host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def serve(self):
        while not self.closed:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=[connection], daemon=True).start()

    def answer(self, connection):
        with connection:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    got = connection.recv(65536)
                    if not got:
                        return
                    head += got
                path = head.split(b" ")[1].decode()
                self.paths.append(path)
                if path in self.answers:
                    connection.sendall(self.answers[path])
                else:
                    getattr(self, path.split("/")[1].split("?")[0])(connection)
            except OSError:
                pass  # The other side has given up.

    def calls(self, path, count=1, seconds=30):
        """How often a path was asked for, once it was so often."""
        deadline = time.monotonic() + seconds
        while self.paths.count(path) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.paths.count(path)

    # The ways. ------------------------------------------------------------------------------

    def ok(self, connection):
        connection.sendall(OK)

    def refuse(self, connection):
        connection.sendall(b"HTTP/1.1 500 Because\r\nContent-Length: 0\r\n\r\n")

    def slow(self, connection):
        time.sleep(0.3)
        connection.sendall(OK)

    def hang(self, connection):
        """Until the test lets it go."""
        self.released.wait(120)
        connection.sendall(OK)

    def drip(self, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not self.closed:
            connection.sendall(b"x")
            time.sleep(DRIP_SECONDS)

    def drip_head(self, connection):
        while not self.closed:
            connection.sendall(b"H")
            time.sleep(DRIP_SECONDS)

    def reset(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    def cut(self, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")

    def nonsense(self, connection):
        connection.sendall(b"\0\1\2 this is no HTTP\r\n\r\n")

    def gigabytes(self, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % GIGABYTES)
        for _ in range(GIGABYTES >> 20):
            connection.sendall(bytes(1 << 20))

    def endless_head(self, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not self.closed:
            connection.sendall(b"X-Line: " + b"x" * 4000 + b"\r\n")

    def around(self, connection):
        connection.sendall(b"HTTP/1.1 307 Again\r\nLocation: /around\r\nContent-Length: 0\r\n\r\n")
