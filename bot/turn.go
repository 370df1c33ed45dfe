package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
)

// opened is a turn that may begin: the lease, when the session store gave one, and the last snapshot, when it had one.
type opened struct {
	lease string
	snap  *snapshot
}

// take recognises, decides, commits and remembers one event. The caller holds the conversation's lock. After ctx has ended only a commit that was
// already handed over is awaited.
func (b *Bot) take(ctx context.Context, at *stand, in Inbound) (t taken, err error) {
	conversation := at.conversation
	o, known, err := b.begin(ctx, at, in.Key)
	if err != nil || known != nil {
		return taken{reply: deref(known), duplicate: known != nil}, err
	}
	remembered := false // then the lease is gone already
	defer func() {
		if !remembered {
			b.release(conversation, o.lease)
		}
	}()
	b.crash("begun")
	for try := range maxTries {
		if try > 0 {
			b.metrics.staleRetry()
			if err := pause(ctx, rand.N(staleWait<<try)); err != nil {
				return taken{}, ErrLate
			}
		}
		t, err = b.attempt(ctx, conversation, in, o)
		if errors.Is(err, store.ErrSeqTaken) || errors.Is(err, store.ErrFactsStale) || errors.Is(err, store.ErrInviteUsed) {
			o.snap = nil // read everything again
			continue
		}
		remembered = err == nil && !t.duplicate
		return t, err
	}
	return taken{}, ErrContended
}

func deref(r *Reply) Reply {
	if r == nil {
		return Reply{}
	}
	return *r
}

// begin asks the session store whether the event is known, and for the lease and the snapshot. A session store that is down, and a lease that another
// instance keeps for too long, only cost work: the turn number is the fence. A known event comes back with its reply. Messages that wait at the same time,
// here or at other instances, go on in the platform's order.
func (b *Bot) begin(ctx context.Context, at *stand, key string) (opened, *Reply, error) {
	giveUp := time.Now().Add(busyLimit)
	defer b.leave(ctx, at)
	for step := busyStep; ; step = min(2*step, busyMost) {
		begun, err := b.sessions.Begin(ctx, at.conversation, key)
		if err != nil {
			if ctx.Err() != nil {
				return opened{}, nil, ErrLate
			}
			b.metrics.sessionFailed()
			return opened{}, nil, nil
		}
		late := time.Now().After(giveUp)
		switch {
		case begun.Status == session.Duplicate:
			reply, err := decodeReply(begun.Reply)
			if err != nil {
				return opened{}, nil, nil // the database has the reply
			}
			return opened{}, &reply, nil
		case begun.Lease != "" && (late || begun.First == "" || begun.First >= at.place):
			return b.opened(at.conversation, begun), nil, nil
		case begun.Lease != "":
			b.release(at.conversation, begun.Lease) // an earlier message waits
		}
		if late {
			return opened{}, nil, nil
		}
		b.join(ctx, at)
		if pause(ctx, step) != nil || at.giveWay(ctx) != nil {
			return opened{}, nil, ErrLate
		}
	}
}

// join tells other instances that a message waits, so that later ones give way.
func (b *Bot) join(ctx context.Context, s *stand) {
	if s.joined {
		return
	}
	s.joined = b.sessions.Join(ctx, s.conversation, s.place, time.Now().Add(b.limit)) == nil
	b.crash("waiting")
}

func (b *Bot) leave(ctx context.Context, s *stand) {
	if s.joined {
		s.joined = false
		b.sessions.Leave(ctx, s.conversation, s.place)
	}
}

// opened is a turn that has the lease.
func (b *Bot) opened(conversation string, begun session.Begun) opened {
	o := opened{lease: begun.Lease}
	if begun.Status == session.Fresh {
		o.snap = b.remembered(conversation, begun.Record)
	}
	return o
}

// remembered reads the session store's copy; nil when it is not usable.
func (b *Bot) remembered(conversation string, r session.Record) *snapshot {
	if s := b.recall.take(conversation, r.Seq); s != nil {
		return s
	}
	s, err := decodeSnapshot(r.State, r.Seq)
	if err != nil {
		return nil
	}
	return &s
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func decodeReply(b []byte) (Reply, error) {
	var r Reply
	if len(b) == 0 {
		return r, nil
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return Reply{}, fmt.Errorf("decoding a reply: %w", err)
	}
	return r, nil
}

// load reads the last turn and the facts of a conversation from the database. When the last turn was of this very event it gives its reply instead: a
// resend that the session store did not recognise. Older ones are recognised by the journal when the turn is committed.
func (b *Bot) load(ctx context.Context, conversation string, in Inbound) (snapshot, *taken, error) {
	s := snapshot{Talk: talk{V: snapshotVersion, Phase: store.PhaseIdle}}
	last, err := b.store.LastTurn(ctx, conversation)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return snapshot{}, nil, fmt.Errorf("reading the last turn: %w", err)
	case last.MessageKey == in.Key:
		reply, err := decodeReply(last.Reply)
		return snapshot{}, &taken{seq: last.Seq, reply: reply, duplicate: true}, err
	default:
		if s.Talk, err = decodeTalk(last.State); err != nil {
			return snapshot{}, nil, err
		}
		s.Seq = last.Seq
	}
	file, err := b.store.LoadDoctor(ctx, conversation)
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.Facts.Doctor = store.Doctor{ID: conversation, Account: in.Account, OpenID: in.OpenID, Phase: store.PhaseIdle}
	case err != nil:
		return snapshot{}, nil, fmt.Errorf("reading the doctor: %w", err)
	default:
		s.Facts = factsOf(file)
	}
	return s, nil, nil
}

// attempt decides the event on one reading of the state and commits it.
func (b *Bot) attempt(ctx context.Context, conversation string, in Inbound, o opened) (taken, error) {
	var before snapshot
	if o.snap != nil {
		before = *o.snap
	} else {
		var known *taken
		var err error
		if before, known, err = b.load(ctx, conversation, in); err != nil {
			return taken{}, late(ctx, err)
		}
		if known != nil {
			return *known, nil
		}
	}
	b.crash("loaded")
	turn, after, reply, err := b.prepare(ctx, before, in)
	if err != nil {
		return taken{}, late(ctx, err)
	}
	if ctx.Err() != nil {
		return taken{}, ErrLate // nothing has been handed over: the platform sends again
	}
	b.crash("decided")
	commit, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitLimit)
	defer cancel()
	done, err := b.store.CommitTurn(commit, turn)
	if err != nil {
		return taken{}, fmt.Errorf("committing a turn: %w", err)
	}
	b.crash("committed")
	if done.Duplicate {
		reply, err := decodeReply(done.Reply)
		return taken{seq: done.Seq, reply: reply, duplicate: true}, err
	}
	b.remember(commit, after, turn, o.lease)
	b.crash("remembered")
	if len(turn.Effects) > 0 {
		b.Wake()
	}
	return taken{seq: turn.Journal.Seq, reply: reply}, nil
}

// late turns an error that only says that the deadline passed into ErrLate.
func late(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ErrLate
	}
	return err
}

// prepare decides the event and builds the rows, the next snapshot and the reply.
func (b *Bot) prepare(ctx context.Context, before snapshot, in Inbound) (*store.Turn, snapshot, Reply, error) {
	at := b.now().In(b.zone)
	input := before.Talk.pressed(before.Facts.Doctor.ID, in.MenuID, inputOf(in, at))
	if !in.SentAt.IsZero() && before.Talk.overtaken(input.Kind, in.SentAt.UnixMilli()) {
		input = flows.Input{Kind: flows.InEvent, At: at} // kept in the journal, without effect
	}
	if err := b.opening(ctx, &input); err != nil {
		return nil, snapshot{}, Reply{}, err
	}
	if in.Opening != nil && !before.rests() {
		return nil, snapshot{}, Reply{}, unbegun{store.PushTalk}
	}
	engine := b.engine() // the whole turn is taken by one, whatever is published meanwhile
	look := &lookups{ctx: ctx, store: b.store, lib: engine.Library(), doctor: before.Facts.Doctor.ID}
	d := b.decide(engine, before, input, look)
	if look.err != nil {
		return nil, snapshot{}, Reply{}, look.err
	}
	if d.out.Lost() {
		if err := b.pinned(ctx, d.out.Moved); err != nil {
			return nil, snapshot{}, Reply{}, err
		}
	}
	opens, err := b.beginning(engine.Library(), in, d)
	if err != nil {
		return nil, snapshot{}, Reply{}, err
	}
	deadline, limited := ctx.Deadline()
	x := builder{
		in: in, input: input, before: before, d: d, seq: before.Seq + 1, now: at.UnixMilli(), instance: b.instance,
		rules: b.rules, can: b.can, export: b.export, later: limited && time.Until(deadline) < turnReserve, begins: opens, wake: wakeAt(engine, d.talk.State, at), urgent: urgent(engine, before.Talk.State),
	}
	turn, reply, err := x.build()
	if err != nil {
		return nil, snapshot{}, Reply{}, err
	}
	b.store.Ready(turn) // before anything of it is remembered
	return turn, snapshot{Seq: x.seq, Talk: x.d.talk, Facts: before.Facts.after(turn)}, reply, nil
}

// remember hands the state to the session store and lets the lease go, best effort: the next turn reads the database when this fails. After a refusal
// of consent, and when the doctor has left, the session store forgets the conversation, because earlier replies may repeat what the doctor typed.
func (b *Bot) remember(ctx context.Context, after snapshot, turn *store.Turn, lease string) {
	conversation := turn.Journal.Conversation
	if turn.Blank > 0 || turn.Erase != "" {
		if b.sessions.Forget(ctx, conversation) != nil {
			b.metrics.sessionFailed()
		}
		b.release(conversation, lease)
		return
	}
	state, err := encodeSnapshot(after)
	if err == nil {
		err = b.sessions.Finish(ctx, conversation, after.Seq, state, turn.Journal.MessageKey, turn.Journal.Reply, lease)
	}
	if err != nil {
		b.metrics.sessionFailed()
		return
	}
	b.recall.keep(conversation, after)
}

func (b *Bot) release(conversation, lease string) {
	if lease == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	b.sessions.Release(ctx, conversation, lease)
}
