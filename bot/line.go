package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

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
// is earliest goes first. Conversations do not wait for one another.
type lines struct {
	mu   sync.Mutex
	open map[string][]*stand // by conversation, while a turn of it holds the lock: those that wait
}

// stand is a place in a line, and the lock when its turn has come.
type stand struct {
	lines        *lines
	conversation string
	place        string
	turn         chan struct{} // one token: the lock is handed over
	holds        bool          // only touched by the turn itself, as is the next
	joined       bool          // stands in the session store's line too
}

func newLines() *lines { return &lines{open: map[string][]*stand{}} }

// take locks the conversation, or gives up with ErrLate when ctx ends. waits is called when it has to wait.
func (l *lines) take(ctx context.Context, conversation, place string, waits func(*stand)) (*stand, error) {
	s := &stand{lines: l, conversation: conversation, place: place, turn: make(chan struct{}, 1)}
	l.mu.Lock()
	waiting, held := l.open[conversation]
	if !held {
		l.open[conversation], s.holds = nil, true
		l.mu.Unlock()
		return s, nil
	}
	l.open[conversation] = append(waiting, s)
	l.mu.Unlock()
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
	l := s.lines
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting := l.open[s.conversation]
	if i := slices.Index(waiting, s); i >= 0 {
		l.open[s.conversation] = slices.Delete(waiting, i, i+1)
	} else {
		l.next(s.conversation) // handed over in the same moment
	}
	return ErrLate
}

// next hands the lock to the earliest that waits; the caller holds the mutex and the lock.
func (l *lines) next(conversation string) {
	waiting := l.open[conversation]
	if len(waiting) == 0 {
		delete(l.open, conversation)
		return
	}
	first := slices.MinFunc(waiting, func(a, b *stand) int { return cmp.Compare(a.place, b.place) })
	l.open[conversation] = slices.DeleteFunc(waiting, func(s *stand) bool { return s == first })
	first.turn <- struct{}{}
}

// release gives the lock back. One that is not held is left alone.
func (s *stand) release() {
	if !s.holds {
		return
	}
	s.holds = false
	s.lines.mu.Lock()
	defer s.lines.mu.Unlock()
	s.lines.next(s.conversation)
}

// giveWay lets an earlier message of the same conversation go first, if one waits behind this one, and waits for the lock again.
func (s *stand) giveWay(ctx context.Context) error {
	l := s.lines
	l.mu.Lock()
	if !slices.ContainsFunc(l.open[s.conversation], func(o *stand) bool { return o.place < s.place }) {
		l.mu.Unlock()
		return nil
	}
	s.holds = false
	l.next(s.conversation)
	l.open[s.conversation] = append(l.open[s.conversation], s)
	l.mu.Unlock()
	return s.wait(ctx)
}
