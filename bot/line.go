package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// shards is the number of in-process lines; conversations share them by hash.
const shards = 1024

// place orders the messages of a conversation as the platform numbers them: by CreateTime, then by MsgId, which grows. Events have no id; within a second
// they count as earlier than its messages. The key makes it one message's own, a resend has the same.
func place(in Inbound) string {
	id := in.MsgID
	if len(id) > 20 || strings.Trim(id, "0123456789") != "" {
		id = ""
	}
	sent := int64(0)
	if !in.SentAt.IsZero() {
		sent = max(in.SentAt.UnixMilli(), 0)
	}
	return fmt.Sprintf("%015d:%020s:%s", sent, id, in.Key)
}

// lines keep the turns of one conversation apart within this process, so that an instance never fights itself; of those that wait, the one whose message
// is earliest goes first.
type lines []*line

// line is one shard.
type line struct {
	mu      sync.Mutex
	held    bool
	waiting []*stand
}

// stand is a place in a line, and the lock when its turn has come.
type stand struct {
	line         *line
	conversation string
	place        string
	turn         chan struct{} // one token: the lock is handed over
	holds        bool          // only touched by the turn itself, as is the next
	joined       bool          // stands in the session store's line too
}

func newLines() lines {
	l := make(lines, shards)
	for i := range l {
		l[i] = &line{}
	}
	return l
}

// take locks the conversation's shard, or gives up with ErrLate when ctx ends. waits is called when it has to wait.
func (l lines) take(ctx context.Context, conversation, place string, waits func(*stand)) (*stand, error) {
	var h uint32 = 2166136261 // FNV-1a
	for i := range len(conversation) {
		h = (h ^ uint32(conversation[i])) * 16777619
	}
	s := &stand{line: l[h%shards], conversation: conversation, place: place, turn: make(chan struct{}, 1)}
	s.line.mu.Lock()
	if !s.line.held {
		s.line.held, s.holds = true, true
		s.line.mu.Unlock()
		return s, nil
	}
	s.line.waiting = append(s.line.waiting, s)
	s.line.mu.Unlock()
	waits(s)
	return s, s.wait(ctx)
}

// wait waits for the lock.
func (s *stand) wait(ctx context.Context) error {
	select {
	case <-s.turn:
		s.holds = true
		return nil
	case <-ctx.Done():
	}
	s.line.mu.Lock()
	defer s.line.mu.Unlock()
	if i := slices.Index(s.line.waiting, s); i >= 0 {
		s.line.waiting = slices.Delete(s.line.waiting, i, i+1)
	} else {
		s.line.next() // handed over in the same moment
	}
	return ErrLate
}

// next hands the lock to the earliest that waits; the caller holds the mutex and the lock.
func (l *line) next() {
	if len(l.waiting) == 0 {
		l.held = false
		return
	}
	first := slices.MinFunc(l.waiting, func(a, b *stand) int { return cmp.Compare(a.place, b.place) })
	l.waiting = slices.DeleteFunc(l.waiting, func(s *stand) bool { return s == first })
	first.turn <- struct{}{}
}

// release gives the lock back. One that is not held is left alone.
func (s *stand) release() {
	if !s.holds {
		return
	}
	s.holds = false
	s.line.mu.Lock()
	defer s.line.mu.Unlock()
	s.line.next()
}

// giveWay lets an earlier message of the same conversation go first, if one waits behind this one, and waits for the lock again.
func (s *stand) giveWay(ctx context.Context) error {
	s.line.mu.Lock()
	earlier := slices.ContainsFunc(s.line.waiting, func(o *stand) bool { return o.conversation == s.conversation && o.place < s.place })
	if !earlier {
		s.line.mu.Unlock()
		return nil
	}
	s.holds = false
	s.line.next()
	s.line.waiting = append(s.line.waiting, s)
	s.line.mu.Unlock()
	return s.wait(ctx)
}
