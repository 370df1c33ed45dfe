package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Times of the sweeper that finishes erasures.
const (
	eraseEvery  = 5 * time.Second
	erasePage   = 20               // erasures looked at in one round
	eraseTurns  = 200              // bodies emptied in one transaction
	eraseSettle = 30 * time.Second // by then nothing of an earlier turn is on its way to the session store: a commit and its memory take less
)

// shows tells whether the event is a sign that the doctor follows the account: a follow event may have been lost, so whoever writes, follows. What was
// written before the doctor left, or in the second of it, says nothing.
func shows(pre string, kind flows.InputKind, sentAt, left int64) bool {
	switch {
	case pre == EventFollow:
		return true
	case pre != EventHear, !present(kind):
		return false
	}
	return left == 0 || sentAt > left
}

// empties tells whether nothing personal may be kept after this turn: the doctor leaves with it, or has left and what arrives now was on its way.
func (x *builder) empties() bool {
	if x.d.pre == EventUnfollow || x.d.out.Erase {
		return true
	}
	return x.before.Facts.Doctor.Erased() && !shows(x.d.pre, x.input.Kind, x.millis(x.in.SentAt), x.before.Talk.Left)
}

// strip leaves of a decision what must not be lost whoever has left: adverse events. The talk is one that has not begun; when the doctor was here and
// when he left stays, so that late events are known as late. Who asks to be erased is answered, and what was written before that is late too.
func (x *builder) strip() {
	if x.d.out.Erase {
		x.d.out = flows.Outcome{Cases: x.d.out.Cases, Level: -1, Says: x.d.out.Says, Right: x.d.out.Right, Erase: true}
		x.d.talk = talk{V: snapshotVersion, Phase: store.PhaseIdle, SentAt: x.before.Talk.SentAt, Here: x.before.Talk.Here, Left: x.millis(x.in.SentAt)}
		x.wake = 0
		return
	}
	x.d.out = flows.Outcome{Cases: x.d.out.Cases, Level: -1}
	phase := x.d.talk.Phase
	if x.d.pre != EventUnfollow {
		phase = x.before.Talk.Phase
	}
	x.d.talk = talk{V: snapshotVersion, Phase: phase, SentAt: x.before.Talk.SentAt, Here: x.before.Talk.Here, Left: x.before.Talk.Left}
	x.wake = 0
}

// EraseLeft finishes erasures until ctx ends. Several instances may do so on one database.
func (b *Bot) EraseLeft(ctx context.Context) error {
	ticker := time.NewTicker(eraseEvery)
	defer ticker.Stop()
	for {
		if _, err := b.EraseDue(ctx); err != nil && ctx.Err() == nil {
			b.log.Error("finishing erasures failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// EraseDue does one round over the erasures that are not finished: it empties what earlier turns hold, and once nothing can follow any more, makes the
// session store forget the conversation. It tells how many were finished. Every step may be done again, so a process that dies in between loses nothing.
func (b *Bot) EraseDue(ctx context.Context) (int, error) {
	open, err := b.store.OpenErasures(ctx, erasePage)
	if err != nil {
		return 0, err
	}
	n := 0
	var errs []error
	for _, e := range open {
		done, err := b.finishErasure(ctx, e)
		if err != nil {
			errs = append(errs, fmt.Errorf("erasing conversation %s: %w", e.Doctor, err))
		}
		if done {
			n++
		}
	}
	return n, errors.Join(errs...)
}

func (b *Bot) finishErasure(ctx context.Context, e store.Erasure) (bool, error) {
	for last := int64(0); ; {
		var err error
		if last, err = b.store.EraseTurns(ctx, e, last, eraseTurns); err != nil {
			return false, err
		}
		if last == 0 {
			break
		}
		b.crash("emptied")
	}
	if b.now().UnixMilli()-e.At < eraseSettle.Milliseconds() {
		return false, nil
	}
	if err := b.sessions.Forget(ctx, e.Doctor); err != nil {
		return false, err
	}
	b.crash("forgotten")
	return b.store.FinishErasure(ctx, e)
}
