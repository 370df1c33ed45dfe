package store

import (
	"context"
	"slices"
)

// loader reads facts as the committer writes turns: one reading serves all callers who wait when the last one returns, without a timer.
type loader struct {
	store *Store
	queue *queue[*load]
	ended chan struct{}
}

// load is one caller's wish. Only the loader touches file and err, and only before it closes done.
type load struct {
	id   string
	done chan struct{}
	file *DoctorFile // nil: no such doctor
	err  error
}

func startLoader(s *Store) *loader {
	l := &loader{store: s, queue: newQueue[*load](), ended: make(chan struct{})}
	go l.run()
	return l
}

// do reads one file; nil without an error means that the doctor never wrote.
func (l *loader) do(ctx context.Context, id string) (*DoctorFile, error) {
	w := &load{id: id, done: make(chan struct{})}
	if err := l.queue.put(ctx, w); err != nil {
		return nil, err
	}
	select {
	case <-w.done:
		return w.file, w.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (l *loader) close() {
	l.queue.close()
	<-l.ended
}

func (l *loader) run() {
	defer close(l.ended)
	for w := range l.queue.in {
		l.serve(l.gather(w))
	}
}

func (l *loader) gather(w *load) []*load {
	batch := []*load{w}
	for len(batch) < batchTurns {
		select {
		case w, open := <-l.queue.in:
			if !open {
				return batch
			}
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

func (l *loader) serve(batch []*load) {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	var ids []string
	for _, w := range batch {
		if !slices.Contains(ids, w.id) {
			ids = append(ids, w.id)
		}
	}
	files, err := l.store.readFacts(ctx, ids)
	if isOutage(err) {
		err = unavailable(err)
	}
	for _, w := range batch {
		w.file, w.err = files[w.id].clone(), err
		close(w.done)
	}
}

// clone gives a caller lists of its own.
func (f *DoctorFile) clone() *DoctorFile {
	if f == nil {
		return nil
	}
	c := *f
	c.Portrait, c.Consents, c.Tags, c.Sent = slices.Clone(f.Portrait), slices.Clone(f.Consents), slices.Clone(f.Tags), slices.Clone(f.Sent)
	c.Did, c.Scores = slices.Clone(f.Did), slices.Clone(f.Scores)
	return &c
}
