#!/bin/sh
# Redis 7.0.15 (Debian's redis-server 5:7.0.15-1~deb12u10)
#
# Question: a client sends "GET big" for a value of 64 MB, tells that it will send
#   no more (shutdown(SHUT_WR), as `nc -N` does), and reads. Does it get the value?
# Guess: yes. The end of what a client sends is not the end of what it wants to
#   hear; a web server answers such a client, too.
# Seen: no. When the server meets the end it drops the connection, with all that it
#   has not sent yet. Small answers get through, since they are sent at once.
# So: `... | nc -N` is no client for it; and a proxy in front of it must not pass a
#   half-close on before the answer is there.
. "$(dirname "$0")/common.sh"
packages redis-server=5:7.0.15-1~deb12u10 redis-tools=5:7.0.15-1~deb12u10 \
  libjemalloc2=5.3.0-1 liblzf1=3.6-3 \
  liblua5.1-0=5.1.5-9 lua-bitop=1.0.2-7 \
  lua-cjson=2.1.0+dfsg-2.2 libsystemd0=252.39-1~deb12u2 \
  libatomic1=12.2.0-14+deb12u1
cat >"$work/client.py" <<'END'
import socket
import subprocess
import sys
import time

program, path = sys.argv[1:]
server = subprocess.Popen(
    [program, "--port", "0", "--unixsocket", path, "--save", "", "--dir", path + ".d"],
    stdout=subprocess.DEVNULL)


def connect():
  for _ in range(1000):
    client = socket.socket(socket.AF_UNIX)
    try:
      client.connect(path)
      return client
    except OSError:
      time.sleep(0.01)
  sys.exit("redis-server does not start")


def read_all(client):
  size = 0
  while chunk := client.recv(1 << 20):
    size += len(chunk)
  return size


size = 64 << 20
try:
  setter = connect()
  setter.sendall(b"SETRANGE big %d x\r\n" % (size - 1))
  setter.recv(100)
  for name, ends in ("open", False), ("half-closed", True):
    client = connect()
    client.sendall(b"GET big\r\n" + (b"" if ends else b"QUIT\r\n"))
    if ends:
      client.shutdown(socket.SHUT_WR)
    time.sleep(0.5)  # So that it is in the middle of sending.
    got = read_all(client)
    print(f"{name}: {'all of it' if got > size else 'a part of it'}")
finally:
  server.terminate()
  server.wait()
END
run() {
  rm -rf "$work/s.d" && mkdir "$work/s.d"
  python3 "$work/client.py" "$root/usr/bin/redis-server" "$work/s"
}
seen='open: all of it
half-closed: a part of it'
see run
