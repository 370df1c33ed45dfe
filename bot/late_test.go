package bot

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// stalled makes a bot whose first turn stops at a point until release is called; the deadline passes meanwhile.
func stalled(t *testing.T, point string) (b *Bot, st *store.Store, release func()) {
	t.Helper()
	st = storetest.SQLite(t, fixed)
	gate := make(chan struct{})
	waiting := true
	b = newBot(t, st, storetest.Embedded(t), func(o *Options) {
		o.Crash = func(p string) {
			if p == point && waiting {
				waiting = false // one turn at a time: the conversation's lock is held
				<-gate
			}
		}
	})
	b.limit = turnReserve + 300*time.Millisecond
	return b, st, func() { close(gate) }
}

// A commit that ends after the deadline was not acknowledged; the resend gets its reply, and nothing is said twice.
func TestAResendFetchesALateReply(t *testing.T) {
	b, st, release := stalled(t, "decided")
	event := inbound(storetest.Account, "o1", 0, "@subscribe")
	if _, err := b.Receive(t.Context(), event); !errors.Is(err, ErrLate) {
		t.Fatalf("the late turn gave %v", err)
	}
	release()
	reply, err := b.Receive(t.Context(), event)
	if err != nil || !strings.Contains(reply.Text, "怎么称呼") {
		t.Fatalf("the resend got %q, %v", reply.Text, err)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := counts(t, st); len(got) != 0 {
		t.Errorf("the text was queued as well: %v", got)
	}
}

// Without a resend the text leaves through the outbox.
func TestALateReplyThatNobodyFetchesIsSentLater(t *testing.T) {
	b, st, release := stalled(t, "decided")
	b.resendSpan = time.Millisecond
	if _, err := b.Receive(t.Context(), inbound(storetest.Account, "o1", 0, "@subscribe")); !errors.Is(err, ErrLate) {
		t.Fatalf("the late turn gave %v", err)
	}
	release()
	eventually(t, "the text is queued", func() bool { return counts(t, st)[store.EffectReady] == 1 })
	platform := &outside{}
	b.senders = platform.senders()
	drain(t, b)
	eventually(t, "the text is sent", func() bool { return len(platform.said()) == 1 })
	if got := platform.said()[0]; !strings.Contains(got, "怎么称呼") {
		t.Errorf("sent %q", got)
	}
}

// A turn that stops before anything was handed over leaves nothing: the resend is a first delivery.
func TestATurnThatIsLateBeforeTheCommitLeavesNothing(t *testing.T) {
	b, st, release := stalled(t, "begun")
	event := inbound(storetest.Account, "o1", 0, "@subscribe")
	if _, err := b.Receive(t.Context(), event); !errors.Is(err, ErrLate) {
		t.Fatalf("the late turn gave %v", err)
	}
	release()
	if reply, err := b.Receive(t.Context(), event); err != nil || reply.Text == "" {
		t.Fatalf("the resend got %q, %v", reply.Text, err)
	}
	if k := remains(t, st, "o1"); len(k.Record.Journal) != 1 {
		t.Errorf("%d turns, want 1", len(k.Record.Journal))
	}
}

// With too little time left before the commit the turn itself puts the text into the outbox: it is said once, whatever the commit takes.
func TestATurnShortOfTimeSpeaksThroughTheOutbox(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	b := newBot(t, st, storetest.Embedded(t), nil)
	b.limit = turnReserve - 200*time.Millisecond
	event := inbound(storetest.Account, "o1", 0, "@subscribe")
	for range 2 {
		if reply, err := b.Receive(t.Context(), event); err != nil || reply.Text != "" {
			t.Errorf("reply %q, %v; want an empty one", reply.Text, err)
		}
	}
	if got := counts(t, st); got[store.EffectReady] != 1 {
		t.Errorf("outbox %v, want the text once", got)
	}
}

func TestAWaitingTurnGivesUpAtItsDeadline(t *testing.T) {
	l := newLines()
	first, err := l.take(t.Context(), "c", "1", func(*stand) {})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := l.take(ctx, "c", "2", func(*stand) {}); !errors.Is(err, ErrLate) {
		t.Errorf("got %v, want ErrLate", err)
	}
	first.release()
	again, err := l.take(t.Context(), "c", "3", func(*stand) {})
	if err != nil {
		t.Fatal(err)
	}
	other, err := l.take(ctx, "d", "4", func(*stand) { t.Error("another conversation waits") })
	if err != nil {
		t.Fatal(err)
	}
	other.release()
	again.release()
	again.release() // once is enough
	if len(l.open) != 0 {
		t.Errorf("lines that nobody needs are kept: %v", l.open)
	}
}
