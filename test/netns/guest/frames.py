"""Sends Ethernet frames as they are from a device, then prints every frame that comes back until the last answer.

    frames.py DEVICE IPV4 MAC < FRAMES        (one in hex a line)

IPV4 and MAC are the device's own. The last answer is that to an ARP request for 169.254.87.1, which is asked behind the
frames; what arrives before it is printed in hex, a line each, and how many frames came is the first line.
"""
import socket, sys

device, address, mac = sys.argv[1:]
own = bytes.fromhex(mac.replace(":", ""))
ask = b"\xff" * 6 + own + bytes.fromhex("08060001080006040001") + own + socket.inet_aton(address)
ask += bytes(6) + socket.inet_aton("169.254.87.1")
everything = socket.htons(3)
packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, everything)
packets.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
packets.bind((device, 3))
packets.settimeout(5)

for line in sys.stdin:
    packets.send(bytes.fromhex(line.strip()))
packets.send(ask)

came = []
while True:
    frame, (_, _, kind, _, _) = packets.recvfrom(65536)
    if kind == socket.PACKET_OUTGOING:
        continue
    if frame[12:14] == b"\x08\x06" and frame[20:22] == b"\x00\x02" and frame[28:32] == ask[38:42]:
        break
    came.append(frame)
print(len(came))
for frame in came:
    print(frame.hex())
