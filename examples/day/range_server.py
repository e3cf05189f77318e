# SPDX-License-Identifier: MIT
"""Serves the files of a folder of this machine, ranges of them only, and writes down what was asked for.

    python3 range_server.py FOLDER LOG      its port is the first line of LOG; then a line a request: bytes, path
"""
import http.server
import pathlib
import re
import sys

folder, log = pathlib.Path(sys.argv[1]), open(sys.argv[2], "w", buffering=1)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = folder / pathlib.PurePosixPath(self.path).name
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not path.is_file() or not found:
            return self.send_error(404 if found else 400)
        first, last, size = int(found[1]), int(found[2]), path.stat().st_size
        if not first <= last < size:
            return self.send_error(416)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(last + 1 - first))
        self.end_headers()
        with path.open("rb") as file:
            file.seek(first)
            self.wfile.write(file.read(last + 1 - first))
        print(last + 1 - first, self.path, file=log)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, file=log)
server.serve_forever()
