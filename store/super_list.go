package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// SuperRow is one super customer, or somebody who may become one.
type SuperRow struct {
	Super
	Who      Doctor
	Province string
	Found    SuperPoints
}

// SuperBrief is where somebody stands, and how far in every lens: enough to rank and count all of a product.
type SuperBrief struct {
	Doctor string
	Status string
	Stage  string
	Best   int
	NextAt int64
	Lenses string
}

// Points are the points in a lens; false: the doctor is not on its list.
func (b SuperBrief) Points(lens string) (int, bool) {
	for part := range strings.FieldsSeq(b.Lenses) {
		if name, points, ok := strings.Cut(part, ":"); ok && name == lens {
			n, err := strconv.Atoi(points)
			return n, err == nil
		}
	}
	return 0, false
}

// SuperBriefs reads all super customers of a product, and those who may become one, whom the person of the context may see.
func (s *Store) SuperBriefs(ctx context.Context, product string) ([]SuperBrief, error) {
	q, err := s.within(ctx, s.read(ctx).Model(&Super{}).Where("supers.account = ? AND product = ?", s.Account(), product), "supers.doctor")
	if err != nil {
		return nil, err
	}
	var rows []SuperBrief
	if err := q.Order("doctor").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading super customers: %w", err)
	}
	return rows, nil
}

// SupersOf reads some super customers of a product by their doctors, a few hundred at most.
func (s *Store) SupersOf(ctx context.Context, product string, doctors []string) (map[string]SuperRow, error) {
	out := make(map[string]SuperRow, len(doctors))
	if len(doctors) == 0 {
		return out, nil
	}
	var rows []Super
	if err := s.read(ctx).Where("account = ? AND product = ? AND doctor IN ?", s.Account(), product, doctors).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading super customers: %w", err)
	}
	full, err := s.superRows(ctx, rows)
	for _, r := range full {
		out[r.Doctor] = r
	}
	return out, err
}

func (s *Store) superRows(ctx context.Context, rows []Super) ([]SuperRow, error) {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Doctor
	}
	who, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var facets []Facets
	if len(ids) > 0 {
		if err := s.read(ctx).Select("doctor", "province").Where("doctor IN ?", ids).Find(&facets).Error; err != nil {
			return nil, fmt.Errorf("reading facets: %w", err)
		}
	}
	province := make(map[string]string, len(facets))
	for _, f := range facets {
		province[f.Doctor] = f.Province
	}
	out := make([]SuperRow, len(rows))
	for i, r := range rows {
		r.bare(ctx)
		out[i] = SuperRow{Super: r, Who: who[r.Doctor], Province: province[r.Doctor], Found: r.Read()}
	}
	return out, nil
}

// bare takes from a super customer what the doctor said, for whoever sees no names.
func (r *Super) bare(ctx context.Context) {
	if !masked(ctx) {
		return
	}
	p := r.Read()
	for i := range p.Lenses {
		for k := range p.Lenses[i].Lines {
			p.Lenses[i].Lines[k].Evidence = ""
		}
	}
	for i := range p.Gates {
		p.Gates[i].Evidence = ""
	}
	b, err := json.Marshal(p)
	if err != nil {
		b = []byte("{}")
	}
	r.Points = string(b)
}

// InfluenceRow is an outcome with the doctors on both sides, as far as the person of the context may see them.
type InfluenceRow struct {
	Influence
	Who   Doctor // who helped
	About Doctor // whom it was about; zero when it was about something else, or about somebody out of sight
}

// SuperFile is everything about one super customer.
type SuperFile struct {
	SuperRow
	Moves  []SuperMove    // newest first
	Helped []InfluenceRow // what this doctor helped to
	By     []InfluenceRow // who helped to bring this doctor
	Reps   map[string]string
	Bonds  []Change // how the strength of the relation has moved, newest first
}

// SuperFile reads one super customer; ErrNotFound.
func (s *Store) SuperFile(ctx context.Context, doctor, product string) (SuperFile, error) {
	var f SuperFile
	var rows []Super
	if err := s.read(ctx).Where("doctor = ? AND product = ? AND account = ?", doctor, product, s.Account()).Limit(1).Find(&rows).Error; err != nil {
		return f, fmt.Errorf("reading a super customer: %w", err)
	}
	if len(rows) == 0 {
		return f, fmt.Errorf("reading a super customer: %w", ErrNotFound)
	}
	one, err := s.superRows(ctx, rows)
	if err != nil {
		return f, err
	}
	f.SuperRow = one[0]
	if err := s.read(ctx).Where("doctor = ? AND product = ?", doctor, product).Order("at DESC").Order("n DESC").Limit(portraitLimit).Find(&f.Moves).Error; err != nil {
		return f, fmt.Errorf("reading moves: %w", err)
	}
	bonds := s.read(ctx).Where("doctor = ? AND product = ? AND kind = ?", doctor, product, ChangeStrength)
	if err := bonds.Order("at DESC").Order("id DESC").Limit(portraitLimit).Find(&f.Bonds).Error; err != nil {
		return f, fmt.Errorf("reading how a relation moved: %w", err)
	}
	if masked(ctx) {
		for i := range f.Bonds {
			f.Bonds[i].Evidence = ""
		}
	}
	if f.Helped, f.By, err = s.influences(ctx, doctor); err != nil {
		return f, err
	}
	f.Reps, err = s.repNames(ctx)
	return f, err
}

// influences are the outcomes on both sides of a doctor, newest first.
func (s *Store) influences(ctx context.Context, doctor string) (helped, by []InfluenceRow, err error) {
	var rows []Influence
	q := s.read(ctx).Where("account = ? AND (doctor = ? OR other = ?)", s.Account(), doctor, doctor)
	if err := q.Order("at DESC").Order("id").Limit(portraitLimit).Find(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("reading influences: %w", err)
	}
	ids := make([]string, 0, 2*len(rows))
	for _, r := range rows {
		ids = append(ids, r.Doctor, r.Other)
	}
	who, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		if masked(ctx) {
			r.Note = ""
		}
		row := InfluenceRow{Influence: r, Who: who[r.Doctor], About: who[r.Other]}
		if r.Doctor == doctor {
			helped = append(helped, row)
		} else if row.Who.ID != "" {
			by = append(by, row)
		}
	}
	return helped, by, nil
}

// SuperOf is the super customer that a rep must know about before a visit: the confirmed one, or the candidate with a card, with the highest score.
// ErrNotFound.
func (s *Store) SuperOf(ctx context.Context, doctor, rep string) (r Super, read bool, err error) {
	var rows []Super
	q := s.read(ctx).Where("doctor = ? AND account = ? AND status IN ? AND empathy <> ''", doctor, s.Account(), []string{SuperConfirmed, SuperCandidate})
	if err := q.Find(&rows).Error; err != nil {
		return Super{}, false, fmt.Errorf("reading super customers: %w", err)
	}
	if len(rows) == 0 {
		return Super{}, false, fmt.Errorf("reading super customers: %w", ErrNotFound)
	}
	slices.SortFunc(rows, func(a, b Super) int { return cmp.Or(cmp.Compare(b.Status, a.Status), cmp.Compare(b.Best, a.Best)) })
	read, err = s.readSince(s.read(ctx), doctor, rows[0].Product, rep)
	return rows[0], read, err
}

// SuperRegion is how many doctors of a province stand where.
type SuperRegion struct {
	Province                       string
	Verified, Candidate, Confirmed int
}

// SuperRegions counts the provinces of a product, those with most verified doctors first: where nobody is confirmed is a gap.
func (s *Store) SuperRegions(ctx context.Context, product string) ([]SuperRegion, error) {
	var rows []struct {
		Province string
		Status   string
		N        int
	}
	q, err := s.within(ctx, s.read(ctx).Table("facets").Where("facets.account = ? AND facets.level = ?", s.Account(), LevelVerified), "facets.doctor")
	if err != nil {
		return nil, err
	}
	q = q.Joins("LEFT JOIN supers ON supers.doctor = facets.doctor AND supers.product = ?", product)
	q = q.Select("facets.province AS province, COALESCE(supers.status, '') AS status, COUNT(*) AS n").Group("facets.province, COALESCE(supers.status, '')")
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("counting regions: %w", err)
	}
	at := map[string]*SuperRegion{}
	for _, r := range rows {
		g := at[r.Province]
		if g == nil {
			g = &SuperRegion{Province: r.Province}
			at[r.Province] = g
		}
		g.Verified += r.N
		switch r.Status {
		case SuperCandidate:
			g.Candidate += r.N
		case SuperConfirmed:
			g.Confirmed += r.N
		}
	}
	out := make([]SuperRegion, 0, len(at))
	for _, g := range at {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b SuperRegion) int {
		return cmp.Or(cmp.Compare(b.Verified, a.Verified), cmp.Compare(a.Province, b.Province))
	})
	return out, nil
}
