// Package release publishes flows: a folder that was checked becomes a release, the newest one whose time has come is in force, and every process that
// serves doctors takes it over within a second. It rolls back, gives a release to a part of the doctors, and recalls a version that must not be used.
//
// It refuses to publish what lint or its own tests find wrong, and a change that leaves doctors standing at a question that is gone without saying what
// becomes of them. It refuses to forget: releases, versions of flows, recalls and who made them stay.
//
// Invariants: what is in force follows from the rows of store alone, so that all processes agree and a restart changes nothing; what a process talks from
// is swapped as a whole; a published folder is never changed, only followed by another.
package release

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Errors of publishing.
var (
	// ErrFindings: the folder has mistakes, or a test of it fails.
	ErrFindings = errors.New("release: the flows have errors")
	// ErrSame: the folder is in force already.
	ErrSame = errors.New("release: the folder is in force already")
	// ErrVersion: the text names no version of a flow, or several.
	ErrVersion = errors.New("release: no single version")
	// ErrNowhere: the recalled version is in force itself, so its talks cannot be moved to a newer one.
	ErrNowhere = errors.New("release: there is no other version in force")
	// ErrWaiting: the release changes the rules and a second person has not agreed.
	ErrWaiting = errors.New("release: a second person must agree to other rules")
	// ErrOvertaken: other flows came into force since the release was proposed.
	ErrOvertaken = errors.New("release: proposed against flows that are no longer in force")
	// ErrRecalled: the version is recalled already.
	ErrRecalled = errors.New("release: recalled already")
)

// Publisher changes what is in force.
type Publisher struct {
	store *store.Store
	zone  *time.Location
	now   func() time.Time
}

// NewPublisher makes a publisher; zone is the account's.
func NewPublisher(st *store.Store, zone *time.Location, now func() time.Time) *Publisher {
	return &Publisher{store: st, zone: cmp.Or(zone, time.UTC), now: now}
}

// Order says how a draft is to be published.
type Order struct {
	At      int64 // from when it counts, unix ms; 0 = now
	Share   int   // percent of the doctors, 1 to 100
	Author  string
	Message string
}

// Publish publishes a draft. One that changes the rules becomes a release of cause ReleaseRules that nobody has, and a proposal of the person in the context:
// a second person puts it into force, see Enact. ErrFindings: it has errors. ErrSame: nothing would change. store.ErrNoReason: rules change without a message.
func (p *Publisher) Publish(ctx context.Context, d *Draft, o Order) (store.Release, error) {
	if d.Refused() {
		return store.Release{}, ErrFindings
	}
	if d.Same() {
		return store.Release{}, ErrSame
	}
	versions, err := Versions(d.lib, d.day(o.At))
	if err != nil {
		return store.Release{}, err
	}
	r := store.Release{
		Hash: d.lib.Hash(), Files: d.files, Cause: store.ReleasePublish, Back: d.Back, Share: o.Share, At: o.At, Author: o.Author, Message: o.Message,
		Findings: len(d.Findings), Cases: d.Tests.Cases,
	}
	switch {
	case len(d.Rules) > 0:
		return p.propose(ctx, d, r, versions)
	case d.Back != 0:
		r.Cause = store.ReleaseRollback
	}
	return p.store.Publish(ctx, r, versions)
}

// State of a release.
const (
	StateInForce   = "in_force"
	StateCanary    = "canary" // a part of the doctors has it
	StateScheduled = "scheduled"
	StateOff       = "off"     // taken back to 0 percent
	StateWaiting   = "waiting" // a second person has not agreed
	StatePast      = "past"
)

// Listed is a release with its state.
type Listed struct {
	store.Release // without its folder
	State         string
}

// Overview is what was published and what is open.
type Overview struct {
	Releases []Listed
	Recalls  []store.Recall // lifted ones too, newest first
	Talks    []store.OpenTalks
}

// overviewSize is how many releases an overview lists.
const overviewSize = 50

// Overview lists the newest releases with their states, the recalls and the open talks.
func (p *Publisher) Overview(ctx context.Context) (Overview, error) {
	var o Overview
	now, err := p.store.InForce(ctx)
	if err != nil {
		return o, err
	}
	rows, err := p.store.Releases(ctx, overviewSize)
	if err != nil {
		return o, err
	}
	for _, r := range rows {
		o.Releases = append(o.Releases, Listed{r, state(r, now, p.now().UnixMilli())})
	}
	if o.Recalls, err = p.store.Recalls(ctx); err != nil {
		return o, err
	}
	o.Talks, err = p.store.OpenTalks(ctx)
	return o, err
}

// Listed reads one release with its state. store.ErrNotFound: there is none of that number.
func (p *Publisher) Listed(ctx context.Context, id int64) (Listed, error) {
	r, err := p.store.Release(ctx, id)
	if err != nil {
		return Listed{}, err
	}
	r.Files = nil
	now, err := p.store.InForce(ctx)
	return Listed{r, state(r, now, p.now().UnixMilli())}, err
}

func state(r store.Release, f store.InForce, now int64) string {
	switch {
	case f.Main != nil && r.ID == f.Main.ID:
		return StateInForce
	case f.Canary != nil && r.ID == f.Canary.ID:
		return StateCanary
	case r.Share == 0 && r.Cause == store.ReleaseRules:
		return StateWaiting
	case r.Share == 0:
		return StateOff
	case r.At > now:
		return StateScheduled
	}
	return StatePast
}

// Open counts the open talks of a flow, of one version when hash is given: a whole hash or its beginning.
func (o Overview) Open(flow, hash string) int {
	n := 0
	for _, t := range o.Talks {
		if t.Flow == flow && strings.HasPrefix(t.Hash, hash) {
			n += t.Doctors
		}
	}
	return n
}

// Recall finds the recall that covers a version, nil when none does.
func (o Overview) Recall(flow, hash string) *store.Recall {
	for i, r := range o.Recalls {
		if r.LiftedAt == 0 && r.Flow == flow && strings.HasPrefix(hash, r.Version) {
			return &o.Recalls[i]
		}
	}
	return nil
}

// shapeLength is the number of hex digits of a shape.
const shapeLength = 16

// Version finds the version that "flow@hash" names. The hash may be the beginning of one: up to 16 digits name a shape with all its wordings, more name one
// wording. ErrVersion: none fits, or several do.
func (p *Publisher) Version(ctx context.Context, name string) (flow, version string, err error) {
	flow, part, ok := strings.Cut(strings.TrimSpace(name), "@")
	part = strings.ToLower(part)
	if !ok || flow == "" || part == "" {
		return "", "", fmt.Errorf("%w: %q, want FLOW@HASH", ErrVersion, name)
	}
	known, err := p.store.FlowVersions(ctx, flow)
	if err != nil {
		return "", "", err
	}
	var fits []string
	for _, v := range known {
		if !strings.HasPrefix(v.Hash, part) {
			continue
		}
		found := v.Hash
		if len(part) <= shapeLength {
			found = flows.ShapeOf(v.Hash)
		}
		if !slices.Contains(fits, found) {
			fits = append(fits, found)
		}
	}
	if len(fits) != 1 {
		return "", "", fmt.Errorf("%w: %d versions of %s begin with %q", ErrVersion, len(fits), flow, part)
	}
	return flow, fits[0], nil
}

// Recall withdraws a version and tells how many messages and pushes of its talks were cancelled. ErrNowhere: its talks should move, and it is what they
// would move to. ErrRecalled: it is recalled already.
func (p *Publisher) Recall(ctx context.Context, r store.Recall) (store.Recall, int, error) {
	o, err := p.Overview(ctx)
	if err != nil {
		return store.Recall{}, 0, err
	}
	if o.Recall(r.Flow, r.Version) != nil {
		return store.Recall{}, 0, ErrRecalled
	}
	if r.Policy == store.RecallMove {
		current, err := p.Current(ctx)
		if err != nil {
			return store.Recall{}, 0, err
		}
		if hash := current.Hash(r.Flow); hash == "" || strings.HasPrefix(hash, r.Version) || o.Recall(r.Flow, hash) != nil {
			return store.Recall{}, 0, ErrNowhere
		}
	}
	return p.store.RecallFlow(ctx, r)
}

// Lift ends the recall of a version. ErrVersion: it is not recalled.
func (p *Publisher) Lift(ctx context.Context, flow, version, actor, reason string) error {
	all, err := p.store.Recalls(ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.LiftedAt == 0 && r.Flow == flow && r.Version == version {
			return p.store.LiftRecall(ctx, r.ID, actor, reason)
		}
	}
	return fmt.Errorf("%w: %s@%s is not recalled", ErrVersion, flow, version)
}

// Share gives a release to so many percent of the doctors; see store.ShareRelease for its errors. ErrWaiting: it changes the rules, see Enact.
func (p *Publisher) Share(ctx context.Context, id int64, share int, actor, reason string) error {
	r, err := p.Listed(ctx, id)
	if err != nil {
		return err
	}
	if r.State == StateWaiting && share > 0 {
		return ErrWaiting
	}
	return p.store.ShareRelease(ctx, id, share, actor, reason)
}
