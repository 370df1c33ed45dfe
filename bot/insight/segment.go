package insight

import (
	"context"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// sampleSize is how many doctors a sample shows.
const sampleSize = 12

// Counted is how many doctors a segment holds for, with some of them.
type Counted struct {
	Count  int64
	Total  int64 // all doctors that are derived
	Took   time.Duration
	Sample []store.SampleRow
	Next   string // after whom the next ones come, "" = there are no more
}

// Everybody tells whether a segment does not tell doctors apart.
func (c Counted) Everybody() bool { return c.Total > 0 && c.Count == c.Total }

// Segment reads a condition by the rules in force. With findings there is no segment.
func (in *Insight) Segment(src string) (*flows.Segment, []flows.Problem) {
	return in.library().Segment(src)
}

// Filter is a segment as it stands now, for queries of the store.
func (in *Insight) Filter(s *flows.Segment) store.Filter {
	return filterOf(s.Filter(in.now().In(in.zone)))
}

// filterOf gives a filter the form of the store.
func filterOf(f flows.Filter) store.Filter {
	out := store.Filter{Op: f.Op, Atom: store.Atom(f.Atom)}
	for _, k := range f.Kids {
		out.Kids = append(out.Kids, filterOf(k))
	}
	return out
}

// Count counts a segment and shows a sample: those after a doctor, "" for the first ones.
func (in *Insight) Count(ctx context.Context, s *flows.Segment, after string) (Counted, error) {
	f := in.Filter(s)
	began := time.Now()
	var c Counted
	var err error
	if c.Count, err = in.store.CountDoctors(ctx, f); err != nil {
		return c, err
	}
	c.Took = time.Since(began)
	if c.Total, err = in.store.CountDoctors(ctx, store.Filter{Op: flows.FilterAnd}); err != nil {
		return c, err
	}
	c.Sample, err = in.store.SampleDoctors(ctx, f, after, sampleSize)
	if n := len(c.Sample); n == sampleSize {
		c.Next = c.Sample[n-1].Doctor
	}
	return c, err
}

// Why goes through a segment line by line for one doctor. ErrNotFound of the store.
func (in *Insight) Why(ctx context.Context, s *flows.Segment, doctor string) ([]flows.SegmentLine, error) {
	lib := in.library()
	row, err := in.store.Dossier(ctx, doctor, lib.HistoryFields()...)
	if err != nil {
		return nil, err
	}
	d, now := DossierOf(&row), in.now().In(in.zone)
	found := flows.Derive(lib, &d, now)
	return s.Why(&d, &found, now), nil
}
