package release

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
	"github.com/vrep/vrep/store"
)

// Errors of taking over what is in force.
var (
	// ErrNone: nothing was published, so there is nothing to talk from.
	ErrNone = errors.New("release: no flows are published")
	// ErrUnreadable: a published folder cannot be used by this version of the program.
	ErrUnreadable = errors.New("release: the published flows cannot be read by this version")
)

// watchEvery is the pause between two looks at what is in force.
const watchEvery = time.Second

// Options are what a Keeper needs. Store is required.
type Options struct {
	Store *store.Store
	Old   func(hash string) (*flows.Library, error) // versions of flows that are no longer in force; nil = none
	Zone  *time.Location                            // of the account; UTC when nil
	Now   func() time.Time                          // time.Now when nil
	Log   *slog.Logger                              // discards when nil
}

// Keeper holds the flows that are in force in this process and changes them when somebody publishes, rolls back, shares or recalls, wherever that
// happens. What it holds is swapped as a whole; who has taken an engine keeps it to the end of the turn.
type Keeper struct {
	opt  Options
	mu   sync.Mutex // one refresh at a time
	held atomic.Pointer[held]
	feed *flows.Feed // hospitals of the master data, in place of the folder's
	fed  int64       // the change of the hospitals that feed holds
}

// held is what a process talks from.
type held struct {
	what   store.InForce // without folders
	main   *flows.Library
	canary *flows.Library // nil when there is none
	engine *flows.Engine
}

// NewKeeper makes a keeper that holds nothing yet: call Start before its other methods.
func NewKeeper(o Options) *Keeper {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Zone = cmp.Or(o.Zone, time.UTC)
	return &Keeper{opt: o, feed: &flows.Feed{}}
}

// Engine is the engine of the flows in force.
func (k *Keeper) Engine() *flows.Engine { return k.held.Load().engine }

// Library is the folder in force; that of a partial release is not looked at.
func (k *Keeper) Library() *flows.Library { return k.held.Load().main }

// Contents is the catalogue in force.
func (k *Keeper) Contents() []flows.Content { return k.Library().Contents() }

// Match are the weights in force by which content is chosen.
func (k *Keeper) Match() flows.MatchRules { return k.Library().Match() }

// Caps are the caps in force on what nobody asked for.
func (k *Keeper) Caps() flows.Caps { return k.Library().Caps() }

// Start publishes the process's own folder when that is due and takes over what is in force.
//
// A configured folder is published when it never was: so a changed folder takes effect with its deployment, and a restart undoes neither a publishing nor
// a roll-back. The flows shipped in the binary are published only while nothing but shipped flows was in force: a new binary must not replace what people
// have published. The folder must be free of errors: the caller has linted it.
func (k *Keeper) Start(ctx context.Context, folder fs.FS, lib *flows.Library, configured bool) error {
	now, err := k.opt.Store.InForce(ctx)
	if err != nil {
		return err
	}
	due, err := k.due(ctx, now.Main, lib.Hash(), configured)
	if err != nil {
		return err
	}
	if due {
		if err := k.publishOwn(ctx, folder, lib, configured, now.Main); err != nil {
			return err
		}
	}
	if _, err = k.Refresh(ctx); err != nil {
		return err
	}
	return k.feedHospitals(ctx)
}

// due tells whether the process's own folder is to be published.
func (k *Keeper) due(ctx context.Context, main *store.Release, hash string, configured bool) (bool, error) {
	switch {
	case main == nil:
		return true, nil
	case main.Hash == hash:
		return false, nil
	case !configured && main.Cause != store.ReleaseShipped:
		k.opt.Log.Warn("the shipped flows are not in force, published ones are", "release", main.ID)
		return false, nil
	}
	known, err := k.opt.Store.Released(ctx, hash)
	if known {
		k.opt.Log.Warn("the configured flows were published before and others are in force; vrep flows publish puts them into force", "release", main.ID)
	}
	return !known, err
}

func (k *Keeper) publishOwn(ctx context.Context, folder fs.FS, lib *flows.Library, configured bool, main *store.Release) error {
	files, err := Pack(folder)
	if err != nil {
		return err
	}
	versions, err := Versions(lib, k.day(k.opt.Now()))
	if err != nil {
		return err
	}
	r := store.Release{Hash: lib.Hash(), Files: files, Cause: store.ReleaseShipped, Share: 100, Author: "system"}
	if configured {
		r.Cause = store.ReleaseFolder
	}
	if main != nil || !k.again(ctx, r.Hash) {
		key := k.opt.Store.Account() + ":" + r.Hash
		r.StartKey = &key
	}
	done, err := k.opt.Store.Publish(ctx, r, versions)
	if errors.Is(err, store.ErrStarted) {
		return nil
	}
	if err == nil {
		k.opt.Log.Info("flows published at start", "release", done.ID, "cause", done.Cause)
	}
	return err
}

// day names a version that has no name of its own.
func (k *Keeper) day(t time.Time) string { return t.In(k.opt.Zone).Format(time.DateOnly) }

// again tells whether a folder that is not in force was in force before: then its key is used up.
func (k *Keeper) again(ctx context.Context, hash string) bool {
	known, err := k.opt.Store.Released(ctx, hash)
	return known && err == nil
}

// Run looks once a second at what is in force until ctx ends. A look that fails is logged, and what was in force stays.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if _, err := k.Refresh(ctx); err != nil && ctx.Err() == nil {
			k.opt.Log.Error("taking over published flows failed", "error", err)
		}
		if err := k.feedHospitals(ctx); err != nil && ctx.Err() == nil {
			k.opt.Log.Error("taking over hospitals failed", "error", err)
		}
	}
}

// Refresh takes over what is in force now and tells whether anything changed. When it fails, what was in force stays.
func (k *Keeper) Refresh(ctx context.Context) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, err := k.opt.Store.InForce(ctx)
	if err != nil {
		return false, err
	}
	before := k.held.Load()
	if before != nil && same(before.what, now) {
		return false, nil
	}
	if now.Main == nil {
		return false, ErrNone
	}
	next := &held{what: now}
	if next.main, err = k.library(ctx, before, now.Main); errors.Is(err, ErrUnreadable) && before != nil {
		k.opt.Log.Error("published flows are not taken over", "release", now.Main.ID, "error", err)
		next.main, err = before.main, nil // recalls take effect all the same
	}
	if err != nil {
		return false, err
	}
	if next.canary, err = k.library(ctx, before, now.Canary); errors.Is(err, ErrUnreadable) {
		k.opt.Log.Error("partly published flows are not taken over", "release", now.Canary.ID, "error", err)
		err = nil
	}
	if err != nil {
		return false, err
	}
	if next.engine, err = k.engine(next); err != nil {
		return false, err
	}
	k.held.Store(next)
	k.fed = -1 // other words for hospitals may be in force
	return true, nil
}

// same tells whether two looks saw the same.
func same(a, b store.InForce) bool {
	return sameRelease(a.Main, b.Main) && sameRelease(a.Canary, b.Canary) &&
		slices.EqualFunc(a.Recalls, b.Recalls, func(x, y store.Recall) bool { return x.ID == y.ID })
}

func sameRelease(a, b *store.Release) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.Share == b.Share
}

// library reads the folder of a release, and keeps the versions of its flows: another version of the program may name them differently.
func (k *Keeper) library(ctx context.Context, before *held, r *store.Release) (*flows.Library, error) {
	if r == nil {
		return nil, nil
	}
	if lib := before.known(r.Hash); lib != nil {
		return lib, nil
	}
	full, err := k.opt.Store.Release(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	_, lib, err := Load(full)
	if err != nil {
		return nil, err
	}
	versions, err := Versions(lib, k.day(time.UnixMilli(full.At)))
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		if err := k.opt.Store.SaveFlowVersion(ctx, v); err != nil {
			return nil, err
		}
	}
	return lib, nil
}

// known finds a folder that is held already.
func (h *held) known(hash string) *flows.Library {
	switch {
	case h == nil:
	case h.main.Hash() == hash:
		return h.main
	case h.canary != nil && h.canary.Hash() == hash:
		return h.canary
	}
	return nil
}

// Load reads the folder of a release with its library. ErrUnreadable: this version of the program finds mistakes in it.
func Load(r store.Release) (fs.FS, *flows.Library, error) {
	folder, err := Folder(r)
	if err != nil {
		return nil, nil, err
	}
	lib, problems := flows.Load(folder)
	if n := len(lint.Errors(problems)); lib == nil || n > 0 {
		return nil, nil, fmt.Errorf("%w: release %d has %d error(s)", ErrUnreadable, r.ID, n)
	}
	return folder, lib, nil
}

// engine makes the engine of what is held.
func (k *Keeper) engine(h *held) (*flows.Engine, error) {
	e, err := flows.NewEngine(h.main, k.opt.Old)
	if err != nil {
		return nil, fmt.Errorf("starting the flow engine: %w", err)
	}
	if h.canary != nil {
		e = e.With(h.canary, h.what.Canary.Share)
	}
	recalls := make([]flows.Recall, len(h.what.Recalls))
	for i, r := range h.what.Recalls {
		recalls[i] = flows.Recall{Flow: r.Flow, Hash: r.Version, Reason: r.Reason, Say: r.Say, Policy: r.Policy}
	}
	return e.WithRecalls(recalls).WithFeed(k.feed), nil
}
