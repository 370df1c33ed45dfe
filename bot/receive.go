package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/store"
)

// taken is the result of one turn.
type taken struct {
	seq       int64
	reply     Reply
	duplicate bool
}

// Receive applies one inbound event and answers its passive reply. A resend of an applied event gets the same reply and has no second effect. An error
// (ErrLate, ErrInbound, ErrContended, ErrBroken, store.ErrUnavailable) means that nothing may be acknowledged.
func (b *Bot) Receive(ctx context.Context, in Inbound) (Reply, error) {
	began := time.Now()
	t, err := b.receive(ctx, in)
	b.metrics.turn(outcomeLabel(t, err), time.Since(began).Seconds())
	return t.reply, err
}

func (b *Bot) receive(ctx context.Context, in Inbound) (taken, error) {
	in.OpenID, in.Key = strings.TrimSpace(in.OpenID), strings.TrimSpace(in.Key)
	if in.OpenID == "" || in.Key == "" || len(in.Key) > 64 {
		return taken{}, ErrInbound
	}
	b.crash("received")
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	if in.Report != nil {
		return taken{}, b.report(ctx, in)
	}
	conversation := store.DoctorID(in.Account, in.OpenID)
	at, err := b.lines.take(ctx, conversation, place(in), func(s *stand) { b.join(ctx, s) })
	if err != nil {
		b.leave(ctx, at)
		return taken{}, err
	}
	type result struct {
		taken
		err error
	}
	done := make(chan result)
	b.turns.Go(func() {
		t, err := b.guarded(ctx, at, in)
		select {
		case done <- result{t, err}:
			at.release()
		case <-ctx.Done(): // the caller has given up
			b.afterwards(in, t, err, at)
		}
	})
	select {
	case r := <-done:
		if r.err == nil {
			b.collected(in.Key)
			b.crash("replied")
		}
		r.reply = b.shown(r.reply, conversation)
		return r.taken, r.err
	case <-ctx.Done():
		return taken{}, ErrLate
	}
}

// guarded takes the turn; a panic, which is a defect, must not end the process and the turns of everybody else with it.
func (b *Bot) guarded(ctx context.Context, at *stand, in Inbound) (t taken, err error) {
	defer func() {
		if r := recover(); r != nil {
			b.log.Error("turn panicked", "conversation", at.conversation, "stack", string(debug.Stack()))
			t, err = taken{}, ErrBroken
		}
	}()
	return b.take(ctx, at, in)
}

func outcomeLabel(t taken, err error) string {
	switch {
	case errors.Is(err, ErrInbound):
		return "refused"
	case errors.Is(err, ErrLate), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "late"
	case errors.Is(err, store.ErrUnavailable):
		return "unavailable"
	case err != nil:
		return "failed"
	case t.duplicate:
		return "duplicate"
	}
	return "applied"
}

// afterwards looks after a turn that was decided after its caller had given up. A resend fetches the reply; when none comes within the platform's span
// of resends, the text leaves through the outbox instead.
func (b *Bot) afterwards(in Inbound, t taken, err error, at *stand) {
	if err != nil || t.duplicate || t.reply.Empty() {
		at.release()
		return
	}
	fetched := make(chan struct{})
	b.late.Store(in.Key, fetched)
	at.release() // only now, so that a resend waiting for the lock finds the entry
	timer := time.NewTimer(b.resendSpan)
	defer timer.Stop()
	select {
	case <-fetched:
		return
	case <-timer.C:
	case <-b.stop:
	}
	b.late.Delete(in.Key)
	ctx, cancel := context.WithTimeout(context.Background(), commitLimit)
	defer cancel()
	if err := b.sayLater(ctx, in, at.conversation, t); err != nil {
		b.log.Error("late reply lost", "conversation", at.conversation, "seq", t.seq, "error", err)
	}
}

// collected tells afterwards that a resend was answered.
func (b *Bot) collected(key string) {
	if fetched, ok := b.late.LoadAndDelete(key); ok {
		close(fetched.(chan struct{}))
	}
}

func (b *Bot) sayLater(ctx context.Context, in Inbound, conversation string, t taken) error {
	now := b.now().UnixMilli()
	var late []Effect
	add := func(name, kind string, payload any) error {
		body, err := json.Marshal(payload)
		if err != nil {
			return fmt.Errorf("encoding late reply: %w", err)
		}
		late = append(late, Effect{
			Account: in.Account, Key: effectKey(conversation, t.seq, name), Lane: store.DoctorLane(conversation), Kind: kind, Body: body, Intent: store.IntentReply,
			Status: store.EffectReady, NextAt: now, ValidUntil: now + textLife.Milliseconds(), CreatedAt: now,
		})
		return nil
	}
	if t.reply.Text != "" {
		if err := add("late", store.KindText, Text{OpenID: in.OpenID, Text: t.reply.Text, Options: t.reply.Options}); err != nil {
			return err
		}
	}
	for i, news := range t.reply.Articles {
		news.OpenID = in.OpenID
		name := replyName // the first takes over the key that all of them count under
		if i > 0 {
			name += strconv.Itoa(i)
		}
		if err := add(name, store.KindNews, news); err != nil {
			return err
		}
	}
	if err := b.store.AddEffects(ctx, late); err != nil {
		return fmt.Errorf("queueing late reply: %w", err)
	}
	b.Wake()
	return nil
}

func effectKey(conversation string, seq int64, name string) string {
	return fmt.Sprintf("%s:%d:%s", conversation, seq, name)
}
