package wechat

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Limits of the nonce memory: it covers twice the freshness window and at most two generations of callbacks.
const (
	nonceLife       = 2 * freshness
	nonceGeneration = 1 << 16
)

// nonces remembers which body came under a timestamp and nonce, so that the same address cannot carry another body.
// A nonce of the platform has 32 bits: alone it would repeat by chance under load, so the timestamp belongs to it.
// The memory is per process; what a signed body may do twice is decided by its key in the journal.
type nonces struct {
	mu          sync.Mutex
	began       time.Time
	now, before map[string][sha256.Size]byte
}

// bind reports whether the address is new or came with the same body before.
func (n *nonces) bind(q query, body []byte, at time.Time) bool {
	address := q.timestamp + " " + q.nonce
	sum := sha256.Sum256(body)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.now == nil || at.Sub(n.began).Abs() >= nonceLife || len(n.now) >= nonceGeneration {
		n.before, n.now, n.began = n.now, map[string][sha256.Size]byte{}, at
	}
	for _, generation := range []map[string][sha256.Size]byte{n.now, n.before} {
		if known, ok := generation[address]; ok {
			return known == sum
		}
	}
	n.now[address] = sum
	return true
}
