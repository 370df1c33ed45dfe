package session

import (
	"encoding/binary"
	"errors"
)

// Bounds of what a record remembers: a resend comes within seconds, older ones are recognised by the journal.
const (
	maxSeen      = 16
	maxSeenBytes = 2048
)

// Record is a live conversation.
type Record struct {
	Seq    int64  // number of the turn that the state follows
	State  []byte // as the caller encoded it
	Recent []Seen // the newest first
}

// Seen is a message that was answered, with the reply that it got.
type Seen struct {
	Key   string
	Reply []byte
}

// A record in Redis: version, turn number (8 bytes, big endian, so that Redis can compare them as text), length of the state (4 bytes), state, then
// the seen messages, the newest first: length of the entry (4 bytes), length of the key (1 byte), key, reply. The script in turn.go knows this layout.
const (
	recordVersion = 1
	headSize      = 1 + 8 + 4
)

var errCorrupt = errors.New("session: record cannot be read")

// seqText is the turn number as Redis compares it.
func seqText(seq int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(max(seq, 0))) }

// encodeHead writes everything before the seen messages.
func encodeHead(seq int64, state []byte) []byte {
	b := append([]byte{recordVersion}, seqText(seq)...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(state)))
	return append(b, state...)
}

// encodeSeen writes one seen message. A reply that would fill the memory by itself is not kept, and neither is a key that is too long to be ours.
func encodeSeen(key string, reply []byte) []byte {
	if key == "" || len(key) > 255 || len(reply) > maxSeenBytes-300 {
		return nil
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(1+len(key)+len(reply)))
	b = append(b, byte(len(key)))
	b = append(b, key...)
	return append(b, reply...)
}

// decode reads a record. Anything that does not add up is errCorrupt.
func decode(b []byte) (Record, error) {
	if len(b) < headSize || b[0] != recordVersion {
		return Record{}, errCorrupt
	}
	r := Record{Seq: int64(binary.BigEndian.Uint64(b[1:9]))}
	size := int(binary.BigEndian.Uint32(b[9:headSize]))
	b = b[headSize:]
	if r.Seq < 0 || size > len(b) {
		return Record{}, errCorrupt
	}
	r.State, b = b[:size:size], b[size:]
	for len(b) > 0 {
		if len(b) < 5 {
			return Record{}, errCorrupt
		}
		n := int(binary.BigEndian.Uint32(b))
		b = b[4:]
		if n < 1 || n > len(b) || int(b[0]) > n-1 {
			return Record{}, errCorrupt
		}
		k := 1 + int(b[0])
		r.Recent = append(r.Recent, Seen{Key: string(b[1:k]), Reply: b[k:n:n]})
		b = b[n:]
	}
	return r, nil
}

// merge is what the script does on a real Redis: the newer state wins, the new message comes first, old ones fall off.
func merge(old []byte, seq int64, state []byte, key string, reply []byte) []byte {
	head := encodeHead(seq, state)
	first := encodeSeen(key, reply)
	r, err := decode(old)
	if err != nil {
		return append(head, first...)
	}
	if r.Seq >= seq {
		head = encodeHead(r.Seq, r.State)
	}
	kept, n := first, 0
	if len(first) > 0 {
		n = 1
	}
	for _, seen := range r.Recent {
		e := encodeSeen(seen.Key, seen.Reply)
		if n == maxSeen || len(kept)+len(e) > maxSeenBytes {
			break
		}
		if seen.Key != key {
			kept, n = append(kept, e...), n+1
		}
	}
	return append(head, kept...)
}

// reply finds the reply of a message.
func (r Record) reply(key string) ([]byte, bool) {
	for _, s := range r.Recent {
		if s.Key == key {
			return s.Reply, true
		}
	}
	return nil, false
}
