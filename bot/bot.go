// Package bot takes turns: one inbound event is recognised or taken as new, decided by the flow engine, committed in one transaction, remembered and
// answered; what leaves the house later is drained from the outbox.
//
// It refuses to decide what a flow says (package flows does), to know SQL or Redis (packages store and store/session do), and to know the platform
// (package bot/wechat does). Doctors' words, names and openids never reach its logs, metrics or errors.
//
// Invariants: nothing is answered before it is durable; one event is applied once, however often and at however many instances it arrives; turn
// numbers of a conversation have no gap; the session store may vanish at any moment without changing an outcome; an effect counts as sent only when
// the platform said so.
package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
)

// Times of one turn. The platform cuts the connection after 5 s and sends again, three times in all.
const (
	turnLimit   = 4500 * time.Millisecond // from the callback to its answer
	turnReserve = 1200 * time.Millisecond // with less than this left before the commit, the text leaves through the outbox
	commitLimit = 10 * time.Second        // a commit goes on in the background after its caller has given up
	resendSpan  = 12 * time.Second        // how long the platform may still come to fetch a reply that was ready too late
	busyLimit   = 1500 * time.Millisecond // waiting for another instance's turn of the same conversation
	busyStep    = 5 * time.Millisecond    // doubled at every look up to busyMost
	busyMost    = 40 * time.Millisecond
	staleWait   = 2 * time.Millisecond // before a turn is decided again, at random and doubled, so that two instances get out of step
	maxTries    = 6                    // recomputations of one turn
)

// Errors of Receive. Each means that nothing may be acknowledged: answer 503, so that the platform sends again.
var (
	// ErrLate: the deadline passed. The turn may still be committed; a resend then gets its reply.
	ErrLate = errors.New("bot: out of time")
	// ErrInbound: the event lacks its sender or its key.
	ErrInbound = errors.New("bot: event without sender or key")
	// ErrContended: other writers were faster too often.
	ErrContended = errors.New("bot: conversation is contended")
	// ErrBroken: a defect ended the turn.
	ErrBroken = errors.New("bot: turn panicked")
)

// Options are what a Bot needs. Store, Sessions and Engine are required.
type Options struct {
	Store    *store.Store
	Sessions *session.Sessions
	Engine   func() *flows.Engine                        // the flows in force, asked for once in every turn
	Senders  map[string]Sender                           // by effect kind, see the Kind constants of store
	Mass     MassSender                                  // nil = there are no mass sends
	Rules    Rules                                       // what the platform takes
	Can      Capabilities                                // what the account may send beside plain text
	Zone     *time.Location                              // the account's time zone; nil = UTC
	Account  map[string]string                           // what texts print about the house: company, bot, filing_no, hotline, privacy_url, pv_hotline
	Instance string                                      // name of this process, in journal rows and outbox claims
	Now      func() time.Time                            // nil = time.Now
	Log      *slog.Logger                                // nil = silent
	Metrics  prometheus.Registerer                       // nil = counted nowhere
	Workers  int                                         // outbox sends at the same time; 0 = 4
	Link     func(doctor, content, effect string) string // address under which a content item is opened and counted; nil = as it stands in the catalogue
	Export   func(doctor string, seq int64) ExportLink   // where a doctor can fetch a copy of everything; nil = a person sends it
	Card     func(doctor string, seq int64) CardLink     // where the card for colleagues of a turn is shown; nil = there are none
	Crash    func(point string)                          // fault tests only: called at the named points of a turn; nil in production
}

// Bot takes the turns of one official account and drains its outbox. It is safe for concurrent use.
type Bot struct {
	store    *store.Store
	sessions *session.Sessions
	engine   func() *flows.Engine
	senders  map[string]Sender
	mass     MassSender
	rules    Rules
	can      Capabilities
	zone     *time.Location
	house    map[string]string
	instance string
	now      func() time.Time
	log      *slog.Logger
	metrics  *metrics
	workers  int
	link     func(doctor, content, effect string) string
	export   func(doctor string, seq int64) ExportLink
	card     func(doctor string, seq int64) CardLink
	crash    func(point string)

	lines      *lines
	recall     *recall
	late       sync.Map // message key → chan struct{}: replies ready too late that a resend may still fetch
	turns      sync.WaitGroup
	stop       chan struct{}
	stopOnce   sync.Once
	wake       chan struct{}
	limit      time.Duration
	resendSpan time.Duration
}

// New makes a Bot. It starts nothing; call Drain for the outbox and Close before the store is closed. It panics when its metrics are registered
// already.
func New(o Options) *Bot {
	b := &Bot{
		store: o.Store, sessions: o.Sessions, engine: o.Engine, senders: o.Senders, mass: o.Mass, rules: o.Rules, can: o.Can, zone: o.Zone, house: o.Account, instance: o.Instance,
		now: o.Now, log: o.Log, metrics: newMetrics(o.Metrics), workers: o.Workers, link: o.Link, export: o.Export, card: o.Card, crash: o.Crash,
		lines: newLines(), recall: newRecall(), stop: make(chan struct{}), wake: make(chan struct{}, 1), limit: turnLimit, resendSpan: resendSpan,
	}
	if b.zone == nil {
		b.zone = time.UTC
	}
	if b.now == nil {
		b.now = time.Now
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	if b.workers <= 0 {
		b.workers = 4
	}
	if b.crash == nil {
		b.crash = func(string) {}
	}
	return b
}

// Close waits for turns whose callers have given up, at most until ctx ends. Receive must not be called any more.
func (b *Bot) Close(ctx context.Context) error {
	b.stopOnce.Do(func() { close(b.stop) })
	done := make(chan struct{})
	go func() { b.turns.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for open turns: %w", ctx.Err())
	}
}

// Wake hints that the outbox has something to send. It never blocks.
func (b *Bot) Wake() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}
