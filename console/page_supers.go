package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Views of the workspace.
const (
	viewRanking = "ranking"
	viewBoard   = "board"
	viewRegions = "regions"
)

// How many are shown of those that a ranking and a lane of the board have; counts and ranks know all.
const (
	supersShown = 100
	laneShown   = 12
)

// superStatuses are those that the workspace lists, in the order of its tabs.
var superStatuses = []string{store.SuperCandidate, store.SuperConfirmed, store.SuperNear, store.SuperRefused, store.SuperDropped}

// superList is the workspace as its page shows it.
type superList struct {
	Info     *flows.SuperInfo
	Products []flows.ProductInfo
	Product  flows.ProductInfo
	Lenses   []flows.SuperLensInfo // through which this person may look
	Lens     flows.SuperLensInfo
	From     flows.SuperLensInfo // with which it is compared
	View     string
	Status   string // "" = candidates and confirmed ones
	Stage    string // lane that a phone shows
	Counts   map[string]int
	Overdue  int
	Room     store.SuperRoom
	Life     string
	Weights  map[string]int // of the lens, as the product's stage of life has it
	Rows     []superRow
	More     int // that are not shown
	Lanes    []superLane
	Regions  []store.SuperRegion
}

// superRow is one line of a ranking, with why it stands there.
type superRow struct {
	store.SuperRow
	Score  store.SuperLens
	Rank   int
	Moved  int          // places gained against the other lens, below 0 lost
	Parts  []superShare // what the score consists of, most first
	Shift  *superShare  // dimension that makes most of the difference to the other lens
	Next   string
	Late   bool
	Strong string
}

// superShare is what a dimension gives a score.
type superShare struct {
	Code, Label string
	Points      int
}

// superLane is one stage of the board.
type superLane struct {
	Code  string
	Count int
	Rows  []superRow // the best of them
	Shown bool       // the one on a phone
}

func (c *Console) pageSupers(w http.ResponseWriter, v *request) error {
	view, ok := c.superView(v)
	if !ok { // the house has no rules for them
		return c.show(w, v, "supers", superList{})
	}
	all, err := c.store.SuperBriefs(v.Context(), view.Product.Code)
	if err != nil {
		return err
	}
	if view.Room, err = c.store.SuperRoom(v.Context(), view.Product.Code, view.Info.Share); err != nil {
		return err
	}
	if err := c.fillSupers(v.Context(), &view, all); err != nil {
		return err
	}
	if view.View == viewRegions {
		if view.Regions, err = c.store.SuperRegions(v.Context(), view.Product.Code); err != nil {
			return err
		}
	}
	return c.show(w, v, "supers", view)
}

// superView reads what the address asks for: product, lens, the lens to compare with, view, standing. false: the house
// has no rules for super customers.
func (c *Console) superView(v *request) (superList, bool) {
	lib := c.libraryNow()
	if lib == nil || lib.Supers() == nil || lib.Classes() == nil || len(lib.Classes().Products) == 0 {
		return superList{}, false
	}
	q := v.URL.Query()
	view := superList{Info: lib.Supers(), Products: lib.Classes().Products, Counts: map[string]int{}, View: viewRanking}
	view.Product = view.Products[0]
	for _, p := range view.Products {
		if p.Code == q.Get("product") {
			view.Product = p
		}
	}
	view.Lenses = lensesFor(view.Info, v.user.Role)
	view.Lens = chosenLens(view.Lenses, q.Get("lens"), view.Info.LensOf(v.user.Role).Code)
	view.From = chosenLens(view.Lenses, q.Get("from"), view.Lenses[0].Code)
	if view.From.Code == view.Lens.Code && len(view.Lenses) > 1 {
		view.From = view.Lenses[(slices.IndexFunc(view.Lenses, func(l flows.SuperLensInfo) bool { return l.Code == view.Lens.Code })+1)%len(view.Lenses)]
	}
	if view.View = q.Get("view"); view.View != viewBoard && view.View != viewRegions {
		view.View = viewRanking
	}
	view.Stage = q.Get("stage")
	if slices.Contains(superStatuses, q.Get("status")) {
		view.Status = q.Get("status")
	}
	return view, true
}

// lensesFor are the lenses of a role: a rep looks through those of reps only, everybody else through all. Source: the permission table of the trade.
func lensesFor(info *flows.SuperInfo, role string) []flows.SuperLensInfo {
	if role != store.RoleRep {
		return info.Lenses
	}
	lenses := slices.DeleteFunc(slices.Clone(info.Lenses), func(l flows.SuperLensInfo) bool { return !slices.Contains(l.Roles, role) })
	if len(lenses) == 0 {
		return info.Lenses[:1]
	}
	return lenses
}

func chosenLens(lenses []flows.SuperLensInfo, codes ...string) flows.SuperLensInfo {
	for _, code := range codes {
		for _, l := range lenses {
			if l.Code == code {
				return l
			}
		}
	}
	return lenses[0]
}

// fillSupers ranks everybody by the lens, tells how far each moved against the other lens, sorts them into lanes, and reads those that are shown.
func (c *Console) fillSupers(ctx context.Context, view *superList, all []store.SuperBrief) error {
	for _, b := range all {
		view.Counts[b.Status]++
	}
	listed := slices.DeleteFunc(slices.Clone(all), func(b store.SuperBrief) bool { return !view.wants(b.Status) })
	other := map[string]int{}
	for i, b := range ranked(listed, view.From.Code) {
		other[b.Doctor] = i + 1
	}
	ranking, lanes := ranked(listed, view.Lens.Code), c.lanes(view, all)
	view.More = max(0, len(ranking)-supersShown)
	ranking = ranking[:len(ranking)-view.More]
	rows, err := c.store.SupersOf(ctx, view.Product.Code, shownOf(view, ranking, lanes))
	if err != nil {
		return err
	}
	for i, b := range ranking {
		r, ok := rows[b.Doctor]
		if !ok { // the board is looked at, or it went a moment ago
			continue
		}
		row := c.superRow(view, r)
		row.Rank = i + 1
		if was := other[b.Doctor]; was > 0 {
			row.Moved = was - row.Rank
			row.Shift = shift(view.Info, row.Score, r.Found.Score(view.From.Code), row.Moved)
		}
		view.Rows = append(view.Rows, row)
		if len(view.Weights) == 0 && len(row.Score.Weights) > 0 {
			view.Life, view.Weights = r.Found.Life, row.Score.Weights
		}
	}
	for i, lane := range lanes {
		for _, b := range lane {
			if r, ok := rows[b.Doctor]; ok && view.View == viewBoard {
				view.Lanes[i].Rows = append(view.Lanes[i].Rows, c.superRow(view, r))
			}
		}
	}
	if len(view.Weights) == 0 {
		view.Weights = view.Lens.Weights
	}
	return nil
}

// lanes counts the lanes of the board and what is late, and gives the best of every lane.
func (c *Console) lanes(view *superList, all []store.SuperBrief) [][]store.SuperBrief {
	for _, code := range view.Info.Stages {
		view.Lanes = append(view.Lanes, superLane{Code: code})
	}
	best := make([][]store.SuperBrief, len(view.Lanes))
	now := c.now().UnixMilli()
	for _, b := range ranked(all, view.Lens.Code) {
		if b.Status == store.SuperDropped || b.Status == store.SuperRefused {
			continue
		}
		view.Overdue += one(b.NextAt > 0 && b.NextAt < now)
		lane := slices.Index(view.Info.Stages, b.Stage)
		if lane < 0 {
			continue
		}
		view.Lanes[lane].Count++
		if len(best[lane]) < laneShown {
			best[lane] = append(best[lane], b)
		}
	}
	shown := slices.IndexFunc(view.Lanes, func(l superLane) bool { return l.Code == view.Stage })
	if shown < 0 {
		shown = max(0, slices.IndexFunc(view.Lanes, func(l superLane) bool { return l.Count > 0 }))
	}
	view.Lanes[shown].Shown = true
	return best
}

// shownOf are the doctors whose rows the view needs; the first of the ranking tells the weights.
func shownOf(view *superList, ranking []store.SuperBrief, lanes [][]store.SuperBrief) []string {
	var ids []string
	for i, b := range ranking {
		if i == 0 || view.View == viewRanking {
			ids = append(ids, b.Doctor)
		}
	}
	for _, lane := range lanes {
		for _, b := range lane {
			if view.View == viewBoard {
				ids = append(ids, b.Doctor)
			}
		}
	}
	return ids
}

// superRow is a row as it stands in a lens, with the next step that counts.
func (c *Console) superRow(view *superList, r store.SuperRow) superRow {
	row := superRow{SuperRow: r, Score: r.Found.Score(view.Lens.Code), Next: cmp.Or(r.NextStep, r.Found.Next.Say)}
	row.Late = r.NextAt > 0 && r.NextAt < c.now().UnixMilli()
	row.Parts = shares(view.Info, row.Score)
	return row
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// wants tells whether the ranking lists a standing.
func (l *superList) wants(status string) bool {
	if l.Status == "" {
		return status == store.SuperCandidate || status == store.SuperConfirmed
	}
	return status == l.Status
}

// ranked are those on the list of a lens, best first. Those who are none any more may have no points left.
func ranked(all []store.SuperBrief, lens string) []store.SuperBrief {
	points := make(map[string]int, len(all))
	var out []store.SuperBrief
	for _, b := range all {
		n, ok := b.Points(lens)
		if past := b.Status == store.SuperDropped || b.Status == store.SuperRefused; ok || past && b.Lenses == "" {
			points[b.Doctor] = n
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b store.SuperBrief) int {
		return cmp.Or(cmp.Compare(points[b.Doctor], points[a.Doctor]), cmp.Compare(a.Doctor, b.Doctor))
	})
	return out
}

// shares are the points of a score by dimension, most first.
func shares(info *flows.SuperInfo, s store.SuperLens) []superShare {
	var out []superShare
	for _, d := range info.Dimensions {
		if n := pointsOf(s, d.Code); n > 0 {
			out = append(out, superShare{d.Code, d.Label, n})
		}
	}
	slices.SortStableFunc(out, func(a, b superShare) int { return cmp.Compare(b.Points, a.Points) })
	return out
}

func pointsOf(s store.SuperLens, dimension string) int {
	n := 0
	for _, l := range s.Lines {
		if l.Group == dimension {
			n += l.Points
		}
	}
	return n
}

// shift is the dimension that makes most of the difference between two lenses, in the direction in which the doctor moved; nil = there is none.
func shift(info *flows.SuperInfo, to, from store.SuperLens, moved int) *superShare {
	var best *superShare
	for _, d := range info.Dimensions {
		n := pointsOf(to, d.Code) - pointsOf(from, d.Code)
		if moved < 0 && n >= 0 || moved >= 0 && n <= 0 {
			continue
		}
		if best == nil || max(n, -n) > max(best.Points, -best.Points) {
			best = &superShare{d.Code, d.Label, n}
		}
	}
	return best
}

// Query is the address of the workspace with another lens, view or standing. A new lens is compared with the one that was looked through before.
func (l superList) Query(what, value string) string {
	lens, from, view, status := l.Lens.Code, l.From.Code, l.View, l.Status
	switch what {
	case "lens":
		lens, from = value, lens
	case "view":
		view = value
	case "status":
		view, status = viewRanking, value
	case "stage":
		return fmt.Sprintf("/console/supers?product=%s&lens=%s&from=%s&view=%s&stage=%s", l.Product.Code, lens, from, viewBoard, value)
	}
	return fmt.Sprintf("/console/supers?product=%s&lens=%s&from=%s&view=%s&status=%s", l.Product.Code, lens, from, view, status)
}
