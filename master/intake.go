package master

import (
	"context"
	"crypto/sha256"
	"hash/fnv"
	"strings"

	"github.com/vrep/vrep/store"
)

// imports does the work of each kind.
var imports = map[string]func(context.Context, *plan, *store.Store, store.Import) (store.Counts, error){
	store.KindHospitals: bring((*record).hospitalRow, (*store.Store).ImportHospitals, func(h store.Hospital) string { return h.ID }),
	store.KindProducts:  bring((*record).productRow, (*store.Store).ImportProducts, func(p store.Product) string { return p.ID }),
	store.KindBatches:   bring((*record).batchRow, (*store.Store).ImportBatches, func(b store.Batch) string { return b.ID }),
	store.KindAccess:    bring((*record).accessRow, (*store.Store).ImportAccess, func(a store.HospitalAccess) string { return a.Hospital + "\x00" + a.Product }),
	store.KindPrices:    bring((*record).priceRow, (*store.Store).ImportPrices, func(p store.Price) string { return p.ID }),
	store.KindInvites:   bring((*record).inviteRow, (*store.Store).ImportInvites, func(i store.Invite) string { return i.Code }),
	store.KindReps:      bring((*record).repRow, (*store.Store).ImportReps, func(r store.RepRow) string { return r.UserID }),
	store.KindDoctors:   bring((*record).doctorRow, (*store.Store).ImportDoctors, func(d store.MasterDoctor) string { return d.Key }),
}

// bring checks every row, and writes them when nothing is wrong with any.
func bring[T any](build func(*record) T, write func(*store.Store, context.Context, store.Import, store.Batches[T]) (store.Counts, error), key func(T) string) func(context.Context, *plan, *store.Store, store.Import) (store.Counts, error) {
	return func(ctx context.Context, p *plan, st *store.Store, im store.Import) (store.Counts, error) {
		p.seen, p.skip, p.keys = map[[16]byte]place{}, map[int]bool{}, map[string]string{}
		check := func(r *record) error {
			bad := p.report.Bad
			row := build(r)
			if p.report.Bad == bad {
				p.once(r, key(row), row)
			}
			return nil
		}
		if err := p.each(ctx, false, check); err != nil || p.report.Bad > 0 {
			return store.Counts{}, err
		}
		p.seen = nil
		p.notes()
		if err := p.stage(st, im); err != nil {
			return store.Counts{}, err
		}
		return write(st, ctx, im, func(do func([]T) error) error {
			batch := make([]T, 0, batchRows)
			err := p.each(ctx, true, func(r *record) error {
				if p.skip[r.line] {
					return nil
				}
				if batch = append(batch, build(r)); len(batch) < batchRows {
					return nil
				}
				defer func() { batch = batch[:0] }()
				return do(batch)
			})
			if err != nil || len(batch) == 0 {
				return err
			}
			return do(batch)
		})
	}
}

// once sees to it that a record stands in the file once. The same row again is left out; another row with the same key is a mistake of the file. Doctors
// without a key are told by name, hospital and department, and of those a further row adds to the first.
func (p *plan) once(r *record, key string, row any) {
	joins := false
	if d, ok := row.(store.MasterDoctor); ok {
		p.person(d)
		if key == "" {
			key, joins = d.Person(), true
		}
	}
	sum := fnv.New64a()
	sum.Write([]byte(strings.Join(r.cells, "\x00")))
	digest := sha256.Sum256([]byte(key))
	id := [16]byte(digest[:16])
	first, twice := p.seen[id]
	switch {
	case !twice:
		p.seen[id] = place{int32(r.line), sum.Sum64()}
	case first.sum == sum.Sum64():
		p.skip[r.line] = true
		p.report.Merged++
		p.report.note(p.words, "copy", r.line, first.line)
	case joins:
		p.report.note(p.words, "joined", r.line, first.line)
	default:
		c := p.keyColumn()
		r.wrong(c, "same_key", first.line, c.Heads[0])
	}
}

// person remembers the key of a doctor who has one: a row without a key about the same person is about that doctor, unless there are several.
func (p *plan) person(d store.MasterDoctor) {
	if d.Key == "" {
		return
	}
	id := d.Person()
	if known, twice := p.keys[id]; twice && known != d.Key {
		p.keys[id] = ""
		return
	}
	p.keys[id] = d.Key
}

// keyColumn is the column that tells records of the kind apart.
func (p *plan) keyColumn() Column {
	for _, name := range []string{"id", "key", "code", "userid"} {
		if _, there := p.columns[name]; there && p.headed(name) {
			return p.columns[name]
		}
	}
	for _, c := range p.kind.Columns {
		if c.Need {
			return c
		}
	}
	return p.kind.Columns[0]
}

func (p *plan) headed(name string) bool {
	_, there := p.header.at[name]
	return there
}

// notes says how the file was read.
func (p *plan) notes() {
	if p.file.Formulas > 0 {
		p.report.note(p.words, "formulas", p.file.Formulas)
	}
	if len(p.file.Others) > 0 && p.file.Others[0] != p.words.Template.Sheet {
		p.report.note(p.words, "sheets", p.file.Sheet, joinTexts(p.file.Others))
	}
	if p.file.Encoding != "" && p.file.Encoding != "utf-8" {
		p.report.note(p.words, "encoding", strings.ToUpper(p.file.Encoding))
	}
}
