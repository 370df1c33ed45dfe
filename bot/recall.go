package bot

import (
	"hash/maphash"
	"sync/atomic"
)

// recallSlots bounds the memory of recall, at a few KiB a slot.
const recallSlots = 4096

// recall keeps snapshots that this process has just written, so that the session store's copy need not be decoded again. It decides nothing: a snapshot
// is used only when the session store holds the same turn number, and only once, because a turn that fails may have changed it.
type recall struct {
	seed  maphash.Seed
	slots [recallSlots]atomic.Pointer[recalled]
}

type recalled struct {
	conversation string
	snapshot     snapshot
}

func newRecall() *recall { return &recall{seed: maphash.MakeSeed()} }

func (r *recall) slot(conversation string) *atomic.Pointer[recalled] {
	return &r.slots[maphash.String(r.seed, conversation)%recallSlots]
}

// keep remembers the snapshot of a conversation; the one that shared its slot is dropped.
func (r *recall) keep(conversation string, s snapshot) {
	r.slot(conversation).Store(&recalled{conversation, s})
}

// take gives the snapshot of a conversation after turn seq, nil when it is not here, and forgets it.
func (r *recall) take(conversation string, seq int64) *snapshot {
	slot := r.slot(conversation)
	known := slot.Load()
	if known == nil || known.conversation != conversation || !slot.CompareAndSwap(known, nil) || known.snapshot.Seq != seq {
		return nil
	}
	return &known.snapshot
}
