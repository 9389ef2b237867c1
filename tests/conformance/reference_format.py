"""Records, tables and ids of the reference, read by nothing that Tarn uses: written from the
documents in docs/formats. Whatever does not look as they say is an AssertionError."""
import hashlib
import re
import struct

import pyarrow

# Kinds of fields: text, bytes, a number, a time, a map of texts, or another message.
TEXT, BYTES, NUMBER, TIME, MAP = "text", "bytes", "number", "time", "map"

MESSAGES = {
    TIME: {1: NUMBER, 2: NUMBER},
    "repository": {1: TEXT, 2: TEXT, 3: TEXT, 4: TIME, 5: NUMBER, 6: TEXT, 7: NUMBER, 8: TEXT},
    "branch": {1: TEXT, 2: TEXT, 3: TEXT, 4: TEXT, 5: NUMBER},
    "tag": {1: TEXT, 2: TEXT},
    "commit": {1: TEXT, 2: TEXT, 3: TEXT, 4: TIME, 5: TEXT, 6: MAP, 7: TEXT, 8: NUMBER, 9: NUMBER},
    "protection": {1: "protected"},
    "protected": {1: TEXT, 2: "blocked"},
    "blocked": {1: BYTES},
    "staged": {1: BYTES, 2: BYTES, 3: BYTES},
    "import": {1: TEXT, 2: NUMBER, 3: TIME, 4: NUMBER, 5: TEXT, 6: "commit", 7: TEXT},
    "metadata": {1: MAP},
    "pull": {1: TEXT, 2: NUMBER, 3: TIME, 4: TEXT, 5: TEXT, 6: TEXT, 7: TEXT, 8: TEXT, 9: TEXT,
             10: TIME},
    "entry": {1: TEXT, 2: TIME, 3: NUMBER, 4: TEXT, 5: MAP, 6: NUMBER, 7: TEXT},
    "range": {1: BYTES, 2: BYTES, 3: NUMBER, 4: NUMBER},
    "task": {1: TEXT, 2: NUMBER, 3: TIME, 4: NUMBER, 5: TEXT, 6: NUMBER, 7: TEXT, 8: TEXT},
    "task status": {1: "task", 2: BYTES},
    "heartbeat": {1: TIME},
    "upload": {1: TEXT, 2: TEXT, 3: TIME, 4: TEXT, 5: MAP, 6: TEXT},
    "user": {1: TIME, 2: TEXT, 3: TEXT, 4: TEXT, 5: BYTES, 6: TEXT, 7: TEXT},
    "credential": {1: TEXT, 2: BYTES, 3: TIME, 4: BYTES},
    "expired token": {1: TEXT, 2: TIME},
    "index": {1: BYTES},
    "run": {1: TEXT, 2: TEXT, 3: TEXT, 4: TEXT, 5: TEXT, 6: TIME, 7: TIME, 8: NUMBER},
    "hook run": {1: TEXT, 2: TEXT, 3: TEXT, 4: TEXT, 5: TIME, 6: TIME, 9: NUMBER},
}
TEXT_RECORD = None
# (partition, key) patterns, and what a record of them is. The first that fits counts.
TOKEN, REPOSITORY = r"[^:]+-[^:]+:[0-9a-f-]{36}", r"[a-z0-9][a-z0-9-]{2,62}-[0-9a-v]{20}"
RECORDS = [
    ("graveler", r"repos/[a-z0-9-]+", "repository"),
    ("basicAuth", "users/superAdmin", "user"),
    ("basicAuth", r"uCredentials/superAdmin/credentials/\w+", "credential"),
    ("auth", r"installation_(id|metadata/\w+)", TEXT_RECORD),
    ("auth", r"expiredTokens/.+", "expired token"),
    ("kv-internal-metadata", "kv/schema/version", TEXT_RECORD),
    ("actions", r"repos/[^/]+/runs/[^/]+", "run"),
    ("actions", r"repos/[^/]+/tasks/[^/]+/[^/]+", "hook run"),
    ("actions", r"repos/[^/]+/(branches|commits)/.+", "index"),
    ("pulls", r"repos/[^/]+/[^/]+/[^/]+", "index"),
    ("catalog", r"instances/[0-9a-v]{20}", "heartbeat"),
    ("multiparts", r"[0-9a-f]+", "upload"),
    ("cleanup-tokens", TOKEN, TEXT_RECORD),
    ("usage", r".+", TEXT_RECORD),
    (REPOSITORY, r"branches/[\w-]+", "branch"),
    (REPOSITORY, r"tags/\S+", "tag"),
    (REPOSITORY, r"commits/[0-9a-f]{64}", "commit"),
    (REPOSITORY, r"pulls/[0-9a-v]{20}", "pull"),
    (REPOSITORY, r"imports/[0-9a-v]{20}", "import"),
    (REPOSITORY, r"tasks/(DR|RR|GCPC)[\w-]+", "task status"),
    (REPOSITORY, r"settings/protected_branches", "protection"),
    (REPOSITORY, r"repo-metadata", "metadata"),
    (TOKEN, r"(?s).+", "staged"),
    # What the reference does not look at.
    (r"tarn-[a-z-]+", r"(?s).+", TEXT_RECORD),
    (REPOSITORY, r"tarn-[a-z-]+/.+", TEXT_RECORD),
]


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def decode(data, name):
    """The fields of a message by number, each a list of values."""
    fields, found, at = MESSAGES[name], {}, 0
    while at < len(data):
        tag, at = varint(data, at)
        number, wire = tag >> 3, tag & 7
        assert number in fields, f"{name} has no field {number}"
        kind = fields[number]
        assert wire == (0 if kind == NUMBER else 2), f"field {number} of {name} is of type {wire}"
        value, at = varint(data, at)
        if kind != NUMBER:
            size, value = value, data[at:at + value]
            assert len(value) == size, f"{name} is cut off"
            at += size
        if kind == TEXT:
            value = value.decode()
        elif kind == MAP:
            value = decode_pair(value)
        elif kind in MESSAGES:
            value = decode(value, kind)
        found.setdefault(number, []).append(value)
    return found


def decode_pair(data):
    MESSAGES.setdefault("pair", {1: TEXT, 2: TEXT})
    pair = decode(data, "pair")
    return one(pair, 1, ""), one(pair, 2, "")


def one(fields, number, default=None):
    values = fields.get(number, [default])
    assert len(values) == 1, f"field {number} comes {len(values)} times"
    return values[0]


def read_record(partition, key, value):
    """(what it is, its fields); what is no message has none."""
    for pattern, key_pattern, name in RECORDS:
        if re.fullmatch(pattern, partition) and re.fullmatch(key_pattern, key):
            return name, decode(value, name) if name else None
    raise AssertionError(f"nobody knows the record {key!r} of partition {partition!r}")


# Identities: SHA-256 of tagged values.
def i_number(value):
    return b"\x02\x08" + struct.pack(">q", value)


def i_bytes(value):
    return b"\x00" + i_number(len(value)) + value


def i_text(value):
    data = value.encode()
    return b"\x01" + i_number(len(data)) + data


def i_list(values):
    return b"\x03" + i_number(len(values)) + b"".join(map(i_text, values))


def i_map(values):
    pairs = sorted(values, key=lambda pair: pair[0].encode())
    return b"\x04" + i_number(len(pairs)) + b"".join(i_text(k) + i_text(v) for k, v in pairs)


def commit_id(commit):
    parents = hashlib.sha256(i_list(commit.get(7, []))).digest()
    seconds = one(one(commit, 4), 1, 0)
    return hashlib.sha256(
        i_text("commit:v1") + i_text(one(commit, 2, "")) + i_text(one(commit, 3, ""))
        + i_text(one(commit, 5, "")) + i_number(seconds) + i_map(commit.get(6, []))
        + b"\x05" + i_bytes(parents)).hexdigest()


def entry_identity(entry):
    content_type = one(entry, 7, "")
    return hashlib.sha256(
        i_number(one(entry, 3, 0)) + i_text(one(entry, 4, "")) + i_map(entry.get(5, []))
        + (i_text(content_type) if content_type else b"")).digest()


# Sorted tables.
TABLE_MAGIC = bytes.fromhex("f7cff485b741e288")


def crc32c_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC = crc32c_table()


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def block(file, handle):
    """Its (key, value) pairs."""
    offset, at = varint(handle, 0)
    size, _ = varint(handle, at)
    stored, (checksum,) = file[offset:offset + size + 1], struct.unpack_from(
        "<I", file, offset + size + 1)
    assert masked_crc(stored) == checksum, f"the block at {offset} has another checksum"
    data = stored[:-1]
    if stored[-1] == 1:
        length, _ = varint(data, 0)
        data = pyarrow.Codec("snappy").decompress(data, length, asbytes=True)
    (restarts,) = struct.unpack_from("<I", data, len(data) - 4)
    end, at, key, pairs = len(data) - 4 - 4 * restarts, 0, b"", []
    while at < end:
        shared, at = varint(data, at)
        own, at = varint(data, at)
        length, at = varint(data, at)
        key = key[:shared] + data[at:at + own]
        at += own
        pairs.append((key, data[at:at + length]))
        at += length
    return pairs


def signed_varint(data, at):
    value, at = varint(data, at)
    return value >> 1 ^ -(value & 1), at


class Table:
    """All of a table: its properties, its records and the id that they come to."""

    def __init__(self, file):
        assert file[-8:] == TABLE_MAGIC and file[-12:-8] == b"\x02\x00\x00\x00"
        footer = file[-53:]
        assert footer[0] == 1
        at = 1
        handles = []
        for _ in range(2):
            begin = at
            _, at = varint(footer, at)
            _, at = varint(footer, at)
            handles.append(footer[begin:at])
        meta = dict(block(file, handles[0]))
        self.properties = dict(block(file, meta[b"rocksdb.properties"]))
        index = block(file, handles[1])
        if self.properties[b"rocksdb.block.based.table.index.type"] == b"\x02\x00\x00\x00":
            index = [entry for _, handle in index for entry in block(file, handle)]
        self.records, digest = [], hashlib.sha256()
        for _, handle in index:
            for key, value in block(file, handle):
                assert key[-8:] == b"\x01" + bytes(7), "a record of another kind"
                self._add(key[:-8], value, digest)
        kind = self.properties[b"type"].decode()
        digest.update(i_map([("type", kind)]))
        self.kind, self.id = kind, digest.hexdigest()
        keys = [key for key, _, _ in self.records]
        assert keys == sorted(set(keys)), "keys are not in order"
        assert int(self.properties[b"count"]) == len(keys)
        assert self.properties[b"min_key"] == (keys[0] if keys else b"")
        assert self.properties[b"max_key"] == (keys[-1] if keys else b"")

    def _add(self, key, value, digest):
        for part in key, value:
            digest.update(str(len(part)).encode() + part + b"|")
        size, at = signed_varint(value, 0)
        identity, at = value[at:at + size], at + size
        size, at = signed_varint(value, at)
        assert at + size == len(value)
        self.records.append((key, identity, value[at:]))
