package sample

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/vrep/vrep/store"
)

// writers is how many turns are committed at once: the store writes those that wait together.
const writers = 48

// Options are what Write needs besides the world.
type Options struct {
	Followers func(n int) ([]string, error) // openids of n followers whom the platform knows
	Hospitals []store.Hospital              // further ones that belong to the world: those of the flows' list
}

// Write writes the world through the functions that the real paths use. It may be called again on what it has written before, also when it was cut short.
// On a store that has hospitals of the house it does nothing.
func (w *World) Write(ctx context.Context, st *store.Store, o Options) error {
	begun, done, err := w.before(ctx, st)
	if err != nil || done {
		return err
	}
	if at, err := st.HospitalStamp(ctx); err != nil || at > 0 && !begun {
		return err
	}
	im, err := st.BeginImport(ctx, store.Import{Kind: store.KindDoctors, Name: w.words.Note, Actor: "demo"})
	if err != nil {
		return fmt.Errorf("writing sample: %w", err)
	}
	counts, err := w.write(ctx, st, im, o)
	im.Status, im.Added, im.Changed, im.Same, im.Total = store.ImportDone, counts.Added, counts.Changed, counts.Same, counts.Total()
	if err != nil {
		im.Status = store.ImportFailed
	}
	if err = errors.Join(err, st.EndImport(context.WithoutCancel(ctx), im)); err != nil {
		return fmt.Errorf("writing sample: %w", err)
	}
	return nil
}

// before tells whether the sample was begun, and whether it was finished.
func (w *World) before(ctx context.Context, st *store.Store) (begun, done bool, err error) {
	all, err := st.Imports(ctx, 500)
	if err != nil {
		return false, false, err
	}
	for _, im := range all {
		if im.Name == w.words.Note {
			begun, done = true, done || im.Status == store.ImportDone
		}
	}
	return begun, done, nil
}

// whole gives rows that are in memory, a thousand at a time.
func whole[T any](rows []T) store.Batches[T] {
	return func(do func([]T) error) error {
		for part := range slices.Chunk(rows, 1000) {
			if err := do(part); err != nil {
				return err
			}
		}
		return nil
	}
}

func (w *World) write(ctx context.Context, st *store.Store, im store.Import, o Options) (store.Counts, error) {
	var listed []store.MasterDoctor
	follows := 0
	for i, p := range w.People {
		if p.Follows {
			follows++
		}
		if !p.Follows || link(i) != "" {
			listed = append(listed, p.MasterDoctor)
		}
	}
	var total store.Counts
	for _, step := range []func() (store.Counts, error){
		func() (store.Counts, error) { return st.ImportProducts(ctx, im, whole(w.Products)) },
		func() (store.Counts, error) { return st.ImportBatches(ctx, im, whole(w.Batches)) },
		func() (store.Counts, error) { return st.ImportPrices(ctx, im, whole(w.Prices)) },
		func() (store.Counts, error) {
			return st.ImportHospitals(ctx, im, whole(slices.Concat(o.Hospitals, w.Hospitals)))
		},
		func() (store.Counts, error) { return st.ImportAccess(ctx, im, whole(w.Access)) },
		func() (store.Counts, error) { return st.ImportReps(ctx, im, whole(w.Reps)) },
		func() (store.Counts, error) { return st.ImportDoctors(ctx, im, whole(listed)) },
	} {
		c, err := step()
		if err != nil {
			return total, err
		}
		total.Added, total.Changed, total.Same = total.Added+c.Added, total.Changed+c.Changed, total.Same+c.Same
	}
	openIDs, err := o.Followers(follows)
	if err != nil {
		return total, err
	}
	return total, w.talk(ctx, st, openIDs)
}

// link says how a follower is tied to the list of the house: merged with the entry there, or left beside it as a double for a person to judge.
func link(i int) string {
	switch {
	case i%20 == 3:
		return "merged"
	case i%60 == 9:
		return "double"
	}
	return ""
}

// talk writes the talks of the followers, what they did, their visits, and who of them stands in the list of the house.
func (w *World) talk(ctx context.Context, st *store.Store, openIDs []string) error {
	type job struct {
		i      int
		openID string
	}
	jobs := make(chan job)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for j := range jobs {
				if err := w.one(ctx, st, j.i, j.openID); err != nil {
					stop(err)
				}
			}
		})
	}
	next := 0
	for i := range w.People {
		if !w.People[i].Follows || next == len(openIDs) {
			continue
		}
		select {
		case jobs <- job{i, openIDs[next]}:
		case <-ctx.Done():
		}
		next++
	}
	close(jobs)
	all.Wait()
	return context.Cause(ctx)
}

// one writes one follower.
func (w *World) one(ctx context.Context, st *store.Store, i int, openID string) error {
	if ctx.Err() != nil {
		return ctx.Err() // whoever stopped said why before
	}
	p := &w.People[i]
	id := store.DoctorID(st.Account(), openID)
	turns := w.turns(p, id, openID)
	for _, t := range turns {
		if err := commit(ctx, st, t); err != nil {
			return err
		}
	}
	if t, ok := w.tells[i]; ok {
		if err := w.tellDesk(ctx, st, t, turns[len(turns)-1].Doctor); err != nil {
			return err
		}
	}
	for k := range p.Deeds {
		p.Deeds[k].Doctor = id
	}
	if err := st.Did(ctx, p.Deeds...); err != nil {
		return fmt.Errorf("writing behaviours: %w", err)
	}
	if p.Visit != nil {
		if err := w.visit(ctx, st, p); err != nil {
			return err
		}
	}
	if link(i) != "merged" {
		return nil
	}
	listed, err := st.MasterDoctor(ctx, p.Key)
	if errors.Is(err, store.ErrNotFound) || err == nil && listed.ID == id {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = st.MergeDoctors(ctx, id, listed.ID, store.MergeByPerson, "demo")
	return err
}

// commit commits a turn; facts that changed meanwhile are read again.
func commit(ctx context.Context, st *store.Store, t *store.Turn) error {
	for {
		_, err := st.CommitTurn(ctx, t)
		if !errors.Is(err, store.ErrFactsStale) {
			return err
		}
		file, err := st.LoadDoctor(ctx, t.Doctor.ID)
		if err != nil {
			return err
		}
		again := *t
		again.Doctor.Version = file.Version
		t = &again
	}
}
