package insight

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Limits of a preview.
const (
	previewMost     = 20000 // doctors; ids are digests, so that the first ones are a sample by chance
	previewExamples = 5     // doctors shown of each move
	everybodyFrom   = 95    // percent of the doctors from which on a tag does not tell them apart
	everybodyLeast  = 20    // doctors below which that means nothing
)

// Preview tells what other rules would change, without changing anything.
type Preview struct {
	Total   int // doctors of the house
	Seen    int // doctors that were looked at
	Changed int // of those, doctors of whom anything changes
	Moves   []Move
	Tags    []TagShare
	Shadow  []string // scores that the new rules only try
}

// Sampled tells whether only a part of the doctors was looked at.
func (p *Preview) Sampled() bool { return p.Seen < p.Total }

// Move is how many doctors go from one value of a kind to another; those that stay are among them.
type Move struct {
	Product  string
	Kind     string // ladder, matrix, class, result, affinity, grade
	From, To string
	Count    int
	Examples []PreviewExample
}

// PreviewExample is one doctor who moves.
type PreviewExample struct {
	Doctor   string
	Name     string
	Evidence string
}

// TagShare is how many doctors have a tag by rule, before and after.
type TagShare struct {
	Tag           string
	Before, After int
	Everybody     bool // nearly every doctor would have it: the rule does not tell them apart
}

// Preview derives the doctors of the person in the context by the rules in force and by those of next, and compares. progress may be nil.
func (in *Insight) Preview(ctx context.Context, next *flows.Library, progress func(seen, total int)) (Preview, error) {
	var p Preview
	var err error
	if p.Total, err = in.store.CountAllDoctors(ctx); err != nil {
		return p, err
	}
	c := comparison{
		before: in.library(), after: next, now: in.now().In(in.zone), moves: map[moveKey]*Move{}, tags: map[string]*TagShare{},
		name: func(d *flows.Dossier) string { return store.NameFor(ctx, d.Name) },
	}
	if v, ok := store.Viewing(ctx); ok {
		c.nameless = v.Counts
	}
	fields := slices.Concat(c.before.HistoryFields(), next.HistoryFields())
	for after := ""; p.Seen < previewMost; {
		ids, err := in.store.DoctorIDs(ctx, after, jobPage)
		if err != nil || len(ids) == 0 {
			if err != nil {
				return p, err
			}
			break
		}
		rows, err := in.store.Dossiers(ctx, ids, fields...)
		if err != nil {
			return p, err
		}
		for i := range rows {
			c.see(&rows[i])
		}
		after, p.Seen = ids[len(ids)-1], p.Seen+len(ids)
		if progress != nil {
			progress(p.Seen, p.Total)
		}
	}
	p.Changed, p.Moves, p.Tags = c.changed, c.sorted(), c.shares()
	for _, m := range next.Models() {
		if m.Shadow {
			p.Shadow = append(p.Shadow, m.Name)
		}
	}
	return p, nil
}

// moveKey tells moves apart.
type moveKey struct{ product, kind, from, to string }

// comparison collects what differs.
type comparison struct {
	before, after *flows.Library
	now           time.Time
	moves         map[moveKey]*Move
	tags          map[string]*TagShare
	seen, changed int
	name          func(d *flows.Dossier) string // as the person who asks may see it
	nameless      bool                          // that person sees figures only
}

func (c *comparison) see(row *store.Dossier) {
	if row.Gone() {
		return
	}
	c.seen++
	d := DossierOf(row)
	was, is := flows.Derive(c.before, &d, c.now), flows.Derive(c.after, &d, c.now)
	any := false
	note := func(product, kind, from, to string) {
		key := moveKey{product, kind, from, to}
		if c.moves[key] == nil {
			c.moves[key] = &Move{Product: product, Kind: kind, From: from, To: to}
		}
		n := c.moves[key]
		if n.Count++; from != to {
			any = true
			if len(n.Examples) < previewExamples && !c.nameless {
				n.Examples = append(n.Examples, PreviewExample{Doctor: d.Doctor, Name: c.name(&d), Evidence: evidence(&is, product, kind)})
			}
		}
	}
	for _, code := range is.Products {
		b, a := was.Ratings[code], is.Ratings[code]
		note(code, store.ChangeLadder, b.Ladder, a.Ladder)
		note(code, store.ChangeMatrix, b.Matrix, a.Matrix)
		note(code, store.ChangeClass, b.Class, a.Class)
		if b, a := was.Supers[code], is.Supers[code]; b.Status != "" || a.Status != "" {
			note(code, store.ChangeStage, b.Stage, a.Stage)
		}
	}
	note("", store.ChangeResult, was.Result, is.Result)
	note("", store.ChangeAffinity, strconv.Itoa(was.Affinity), strconv.Itoa(is.Affinity))
	if len(was.Scores) > 0 || len(is.Scores) > 0 {
		note("", store.ChangeGrade, gradeOf(&was), gradeOf(&is))
	}
	if c.countTags(&was, &is) || any {
		c.changed++
	}
}

func gradeOf(f *flows.Found) string {
	if len(f.Scores) == 0 {
		return ""
	}
	return f.Scores[0].Grade
}

// countTags counts tags by rule and tells whether they differ.
func (c *comparison) countTags(was, is *flows.Found) bool {
	b, a := was.RuleTags(), is.RuleTags()
	for _, t := range b {
		c.share(t).Before++
	}
	for _, t := range a {
		c.share(t).After++
	}
	return !slices.Equal(b, a)
}

func (c *comparison) share(tag string) *TagShare {
	if c.tags[tag] == nil {
		c.tags[tag] = &TagShare{Tag: tag}
	}
	return c.tags[tag]
}

func (c *comparison) shares() []TagShare {
	var out []TagShare
	for _, tag := range slices.Sorted(maps.Keys(c.tags)) {
		t := *c.tags[tag]
		t.Everybody = c.seen >= everybodyLeast && t.After*100 >= everybodyFrom*c.seen
		out = append(out, t)
	}
	return out
}

func (c *comparison) sorted() []Move {
	out := make([]Move, 0, len(c.moves))
	for _, m := range c.moves {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Move) int {
		return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}
