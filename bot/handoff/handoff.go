// Package handoff hands a doctor over to a person: the life cycle of a lead, who is offered it, the rep's yes or no, the brief that the rep reads, the
// rep's report of the visit, and the truth told to everyone else when something changes.
//
// It decides; the store writes. It sends nothing itself: whatever leaves the house is a row of the outbox, written in the transaction of the move that
// causes it. It never shows a rep what was said about an adverse event, and never shows a name, a phone or the doctor's words before the rep has accepted.
//
// Invariants: every move of a lead goes through Next and is fenced by the lead's version, so that of two presses one wins; an offer is made once per
// round, its card has a key derived from lead, rep and round, so that no rep is told twice; an inactive rep or one whose filing has run out gets no lead.
package handoff

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vrep/vrep/store"
)

// LinkValid is how long a link to a brief works.
const LinkValid = 14 * 24 * time.Hour

// maxOffers is the number of reps that are offered a lead at the same time; the first press wins.
const maxOffers = 5

// Options are what a Desk needs. Store and Key are required.
type Options struct {
	Store     *store.Store
	PublicURL string // address of this service as reps reach it, without a slash at the end
	Key       []byte // signs the links
	Company   string
	BotName   string
	Zone      *time.Location            // for dates in texts; UTC when nil
	Now       func() time.Time          // time.Now when nil
	Log       *slog.Logger              // discards when nil
	Robot     bool                      // a robot tells a WeCom group of offers and of what becomes of them
	RobotOnly bool                      // there is no WeCom application: nothing is sent to single reps
	Wake      func()                    // called after rows were put into the outbox; may be nil
	Weigh     func(words string) Weight // what is heard in a rep's words about a patient; nil = nothing
}

// Weight is what is heard in words about a patient.
type Weight struct {
	Kind    string // of case, "" = an adverse event
	Serious bool
	Death   bool
}

// Desk hands leads to reps. It keeps nothing in memory that another instance could not do without; several may run on one store.
type Desk struct {
	store   *store.Store
	url     string
	key     []byte
	company string
	bot     string
	zone    *time.Location
	now     func() time.Time
	log     *slog.Logger
	robot   bool // a group hears of leads
	app     bool // single reps can be written to
	wake    func()
	weigh   func(words string) Weight
	words   *words
	poke    chan struct{}
	watched atomic.Int64 // when watch last looked, unix ms
}

// New makes a Desk. It panics when the embedded words cannot be read, which a test rules out.
func New(o Options) *Desk {
	d := &Desk{
		store: o.Store, url: strings.TrimRight(o.PublicURL, "/"), key: o.Key, company: o.Company, bot: o.BotName,
		zone: cmp.Or(o.Zone, time.UTC), now: o.Now, log: o.Log, robot: o.Robot || o.RobotOnly, app: !o.RobotOnly, wake: o.Wake, words: mustWords(), poke: make(chan struct{}, 1),
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.wake == nil {
		d.wake = func() {}
	}
	if d.weigh = o.Weigh; d.weigh == nil {
		d.weigh = func(string) Weight { return Weight{} }
	}
	return d
}

// Wake hints that there may be a new or withdrawn lead. It never blocks.
func (d *Desk) Wake() {
	select {
	case d.poke <- struct{}{}:
	default:
	}
}

// sweepEvery is the pause between two sweeps when nobody calls Wake.
const sweepEvery = time.Second

// Run sweeps at every Wake and otherwise once a second until ctx ends. A failed sweep is logged and tried again: the store may be away for a while.
func (d *Desk) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := d.Sweep(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("sweeping leads failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-d.poke:
		case <-tick.C:
		}
	}
}

// ms is the desk's clock in the store's unit.
func (d *Desk) ms() int64 { return d.now().UnixMilli() }

// repTag stands for a rep in ids and keys: digits and letters only, which a user id does not promise.
func repTag(rep string) string {
	sum := sha256.Sum256([]byte(rep))
	return hex.EncodeToString(sum[:6])
}

// taskID names the card of one offer round at WeCom.
func taskID(lead, rep string, round int64) string {
	return "lead-" + lead + "-" + strconv.FormatInt(round, 10) + "-" + repTag(rep)
}

// taskLead gives back the lead of a task id, "" for anything else.
func taskLead(task string) string {
	parts := strings.Split(task, "-")
	if len(parts) != 4 || parts[0] != "lead" {
		return ""
	}
	return parts[1]
}
