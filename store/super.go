package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Status of a super customer. What the rules find and what people decide is settled by package flows and by the acts here.
const (
	SuperNear      = "near" // worth looking at: something is missing
	SuperCandidate = "candidate"
	SuperConfirmed = "confirmed"
	SuperRefused   = "refused"
	SuperDropped   = "dropped" // was one, and must not be one any more
)

// Moves of a super customer.
const (
	SuperEventDerive    = "derive" // the rules have found another standing or stage
	SuperEventConfirm   = "confirm"
	SuperEventRefuse    = "refuse"
	SuperEventDrop      = "drop"
	SuperEventReview    = "review"
	SuperEventCard      = "card"
	SuperEventStep      = "step"  // a step was done
	SuperEventPlan      = "plan"  // a step of the house's own was set
	SuperEventRead      = "read"  // a rep has read the empathy card
	SuperEventClear     = "clear" // compliance has set a request for a benefit aside
	SuperEventInfluence = "influence"
)

// Kinds of outcome that a doctor helped to. No sales.
const (
	InfluenceReferral  = "referral"
	InfluenceHosted    = "hosted"
	InfluenceAccess    = "access"
	InfluenceSpoke     = "spoke"
	InfluenceShared    = "shared"
	InfluenceCocreated = "cocreated"
)

// SuperPoints is Super.Points, read: everything that the rules found, with its evidence.
type SuperPoints struct {
	Life     string      `json:"life,omitempty"` // stage of the product's life
	Parts    []SuperPart `json:"parts,omitempty"`
	Lenses   []SuperLens `json:"lenses,omitempty"`
	Gates    []SuperGate `json:"gates,omitempty"`
	Next     SuperStep   `json:"next"` // of the rules
	Unknown  []string    `json:"unknown,omitempty"`
	Strength string      `json:"strength,omitempty"`
	Review   bool        `json:"review,omitempty"` // confirmed, and to be looked at again now
}

// SuperPart is one dimension, 0 to 100.
type SuperPart struct {
	Dimension string `json:"dimension"`
	Value     int    `json:"value"`
}

// SuperLens is the score of one department; the points of its lines add up to its points.
type SuperLens struct {
	Lens    string         `json:"lens"`
	Points  int            `json:"points"`
	Listed  bool           `json:"listed"`
	Weights map[string]int `json:"weights,omitempty"`
	Lines   []ScoreLine    `json:"lines,omitempty"`
	Tags    []string       `json:"tags,omitempty"`
}

// SuperGate is one gate of the rules.
type SuperGate struct {
	Gate     string `json:"gate"`
	Holds    bool   `json:"holds"`
	Why      string `json:"why,omitempty"`
	Evidence string `json:"evidence,omitempty"`
}

// SuperStep is the next step that the rules give.
type SuperStep struct {
	Code string `json:"code"`
	Say  string `json:"say"`
	Why  string `json:"why,omitempty"`
	Days int    `json:"days"`
}

// Read reads what the rules found; unreadable text is nothing.
func (r *Super) Read() SuperPoints {
	var p SuperPoints
	if json.Unmarshal([]byte(r.Points), &p) != nil {
		return SuperPoints{}
	}
	return p
}

// Score is the score of a lens; the zero value when there is none.
func (p *SuperPoints) Score(lens string) SuperLens {
	for _, l := range p.Lenses {
		if l.Lens == lens {
			return l
		}
	}
	return SuperLens{}
}

// short is the points in every lens on whose list the doctor is, as "lens:points" with blanks between: what a ranking of everybody needs.
func (p *SuperPoints) short() string {
	var parts []string
	for _, l := range p.Lenses {
		if l.Listed {
			parts = append(parts, l.Lens+":"+strconv.Itoa(l.Points))
		}
	}
	return strings.Join(parts, " ")
}

// Touched tells whether people have written something about a super customer.
func (r *Super) Touched() bool {
	return r.Empathy != "" || r.Taboo != "" || r.Channel != "" || r.NextStep != "" || r.FirstBy != ""
}

// Card tells whether the understanding is written down.
func (r *Super) Card() bool { return r.Empathy != "" }

// derivedSuper are the columns that the rules decide. What people have written stays as it is.
var derivedSuper = []string{"status", "stage", "points", "best", "lens", "depth", "next_at", "reason", "updated_at", "lenses"}

// writeSupers writes what was derived about super customers: rows, those that are no more, and the history of what moved.
func (s *Store) writeSupers(tx *gorm.DB, all []*Derived) error {
	var rows []Super
	var moves []SuperMove
	for _, d := range all {
		for _, product := range d.SupersGone {
			if err := tx.Where("doctor = ? AND product = ?", d.Doctor, product).Delete(&Super{}).Error; err != nil {
				return err
			}
		}
		rows, moves = append(rows, d.Supers...), append(moves, d.SuperMoves...)
	}
	set := append(clause.AssignmentColumns(derivedSuper), clause.Assignments(map[string]any{"version": gorm.Expr("supers.version + 1")})...)
	if err := insert(tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "doctor"}, {Name: "product"}}, DoUpdates: set}), rows); err != nil {
		return err
	}
	return s.moveSupers(tx, moves)
}

// moveSupers adds to the history of super customers, numbered on from what is there.
func (s *Store) moveSupers(tx *gorm.DB, moves []SuperMove) error {
	next := map[[2]string]int64{}
	for i := range moves {
		m := &moves[i]
		key := [2]string{m.Doctor, m.Product}
		if _, ok := next[key]; !ok {
			var last int64
			q := tx.Model(&SuperMove{}).Where("doctor = ? AND product = ?", m.Doctor, m.Product)
			if err := q.Select("COALESCE(MAX(n), 0)").Scan(&last).Error; err != nil {
				return fmt.Errorf("numbering a move: %w", err)
			}
			next[key] = last
		}
		next[key]++
		m.N, m.Account, m.At = next[key], s.Account(), orNow(m.At, s.Now())
		if v, ok := Viewing(tx.Statement.Context); ok && m.Event != SuperEventDerive && m.Actor == "" {
			m.Actor, m.Role = v.Name, v.Role
		}
	}
	return insert(tx, moves)
}

// superParts reads what rules about super customers look at.
func (s *Store) superParts(of func(string) *gorm.DB, at map[string]*Dossier) []func() error {
	return []func() error{
		part(of("doctor").Order("product"), at, func(d *Dossier, r Super) { d.Supers = append(d.Supers, r) }),
		part(of("doctor").Order("at DESC").Order("id"), at, func(d *Dossier, r Influence) { d.Influences = append(d.Influences, r) }),
		part(of("doctor").Where("kind = ?", FlagBenefit).Select("id", "doctor", "at"), at, func(d *Dossier, r Flag) { d.BenefitAt = max(d.BenefitAt, r.At) }),
		part(of("doctor").Where("event = ?", SuperEventClear).Select("doctor", "at"), at, func(d *Dossier, r SuperMove) { d.ClearedAt = max(d.ClearedAt, r.At) }),
	}
}

func (r Super) of() string     { return r.Doctor }
func (r Influence) of() string { return r.Doctor }
func (r Flag) of() string      { return r.Doctor }
func (r SuperMove) of() string { return r.Doctor }

// Material is when the doctor asked for a benefit that compliance has not set aside since, unix ms; 0 = never.
func (d *Dossier) Material() int64 {
	if d.ClearedAt >= d.BenefitAt {
		return 0
	}
	return d.BenefitAt
}

// fillLives reads the stage of life of every product.
func (s *Store) fillLives(ctx context.Context, all []Dossier) error {
	var rows []Product
	if err := s.read(ctx).Select("id", "lifecycle").Where("account = ? AND lifecycle <> ''", s.Account()).Find(&rows).Error; err != nil {
		return fmt.Errorf("reading products: %w", err)
	}
	lives := make(map[string]string, len(rows))
	for _, p := range rows {
		lives[p.ID] = p.Lifecycle
	}
	for i := range all {
		all[i].Lives = lives
	}
	return nil
}
