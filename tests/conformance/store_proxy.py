"""A way to a store that fails as it is told: between Tarn and a real server, on loopback.

It knows no HTTP but the beginnings of requests, so requests keep their signatures."""
import contextlib
import re
import socket
import threading
import urllib.parse

PIECE = 64 << 10
REQUEST = re.compile(rb"(GET|HEAD|PUT|POST|DELETE) \S+ HTTP/1\.1\r\n")


class Proxy:
    """Listens until it is closed. What it does is set at any time, for all connections:

    is_down: nobody is let in, and who is in is thrown out.
    replies_to_lose: so many answers are lost after the store has done what it was asked.
    requests_to_cut: so many requests of `cut_method` are cut off after `cut_after` bytes."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.target = (parts.hostname, parts.port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.lock, self.open = threading.Lock(), set()
        self.down, self.replies_to_lose = False, 0
        self.requests_to_cut, self.cut_method, self.cut_after = 0, b"PUT", 100_000
        self.requests = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.is_down = True

    @property
    def is_down(self):
        return self.down

    @is_down.setter
    def is_down(self, value):
        with self.lock:
            self.down = value
            thrown, self.open = (self.open, set()) if value else (set(), self.open)
        for connection in thrown:
            close(connection)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            server = socket.create_connection(self.target)
        except OSError:
            return close(client)
        with self.lock:
            if not self.down:
                self.open |= {client, server}
        if self.down:
            return close(client), close(server)
        back = threading.Thread(target=self._answers, args=(server, client), daemon=True)
        back.start()
        self._requests(client, server)
        back.join()
        with self.lock:
            self.open -= {client, server}
        close(client)
        close(server)

    def _requests(self, client, server):
        left = None  # Of a request that is to be cut.
        with contextlib.suppress(OSError):
            while data := client.recv(PIECE):
                if begun := REQUEST.match(data):
                    with self.lock:
                        self.requests += 1
                        if begun[1] == self.cut_method and self.requests_to_cut > 0:
                            self.requests_to_cut -= 1
                            left = self.cut_after
                if left is not None:
                    data, left = data[:left], left - len(data)
                    if left <= 0:
                        break
                server.sendall(data)
        close(server)

    def _answers(self, server, client):
        with contextlib.suppress(OSError):
            while data := server.recv(PIECE):
                if data.startswith(b"HTTP/1.1 "):
                    with self.lock:
                        lost = self.replies_to_lose > 0
                        self.replies_to_lose -= lost
                    if lost:
                        break
                client.sendall(data)
        close(client)


def close(connection):
    """Ends both directions, so that whoever waits in them wakes up."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
