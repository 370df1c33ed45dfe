package console

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// superPage is what the page of one super customer shows.
type superPage struct {
	store.SuperFile
	Info     *flows.SuperInfo
	Product  flows.ProductInfo
	Lens     flows.SuperLensInfo
	Scores   []superScore
	Parts    []superShare // the dimensions, 0 to 100
	Panels   []traitGroup
	Quotes   []quote
	Asked    []quote          // words that may be quoted once the doctor and the house agree
	Approved []store.QuoteRow // words that may be shown
	Cards    []store.PeerCardRow
	Chain    []funnelStep
	Channel  flows.SuperChannel // as written, else as the doctor said
	Known    flows.SuperChannel // as the doctor said
	Next     string
	Late     bool
	Due      bool // confirmed, and to be looked at again
	Plan     []flows.PlanStep
	Steps    []depthStep
	Kinds    []string // of outcomes
	Decides  bool
	Works    bool
	Clears   bool
	Ripe     bool // may be proposed
	Material bool
	Reads    []store.SuperMove // receipts of reps
	Score    store.SuperLens   // of the lens
}

// superScore is one lens on the page.
type superScore struct {
	store.SuperLens
	Label string
	On    bool
	Parts []superShare
}

// depthStep is one rung of the ladder of participation.
type depthStep struct {
	N       int
	On, Now bool
}

// quote is something that the doctor said, with what was asked.
type quote struct {
	Asked, Words string
	At           int64
	Ref, Topic   string // of an answer that may be quoted
	Fit          bool   // may be asked about
	Status       string // of the words as a quote, "" = not asked about
}

// Limits of the page.
const (
	quotesShown = 4
	planShown   = 12
	depthTop    = 7
)

func (c *Console) pageSuper(w http.ResponseWriter, v *request) error {
	p, err := c.superPage(v, v.URL.Query().Get("product"), v.URL.Query().Get("lens"))
	if err != nil {
		return err
	}
	look := store.Audit{Actor: v.user.Name, Action: "view_super", Object: "doctor:" + p.Doctor, Detail: p.Super.Product}
	if err := c.store.AddAudit(v.Context(), look); err != nil {
		return err
	}
	return c.show(w, v, "super", p)
}

// superPage reads everything about one super customer; ErrNotFound.
func (c *Console) superPage(v *request, product, lens string) (superPage, error) {
	lib := c.libraryNow()
	if lib == nil || lib.Supers() == nil || lib.Classes() == nil || len(lib.Classes().Products) == 0 {
		return superPage{}, store.ErrNotFound
	}
	p := superPage{Info: lib.Supers(), Product: lib.Classes().Products[0]}
	for _, known := range lib.Classes().Products {
		if known.Code == product {
			p.Product = known
		}
	}
	var err error
	if p.SuperFile, err = c.store.SuperFile(v.Context(), v.PathValue("id"), p.Product.Code); err != nil {
		return p, err
	}
	past, err := c.store.DoctorPast(v.Context(), p.Doctor, 0)
	if err != nil {
		return p, err
	}
	c.fillScores(&p, lensesFor(p.Info, v.user.Role), lens, v.user.Role)
	for _, g := range c.fieldGroups(c.traits(past)) {
		if g.Panel {
			p.Panels = append(p.Panels, g)
		}
	}
	p.Quotes = c.quotes(past, v.masked())
	if err := c.fillPeers(v, &p, lib, past); err != nil {
		return p, err
	}
	p.Known = p.Info.Channel(codeOf(past.Portrait, "emotional_channel"))
	p.Channel = p.Info.Channel(cmp.Or(p.SuperFile.Channel, p.Known.Code))
	c.fillPlan(&p, lib)
	for n := range depthTop + 1 {
		p.Steps = append(p.Steps, depthStep{N: n, On: n <= p.Depth, Now: n == p.Depth})
	}
	p.Kinds = []string{store.InfluenceReferral, store.InfluenceHosted, store.InfluenceAccess, store.InfluenceSpoke, store.InfluenceShared, store.InfluenceCocreated}
	p.Decides, p.Works = c.mayDo(v, pathDecideSuper), c.mayDo(v, pathWorkSuper)
	p.Material = slices.ContainsFunc(p.Found.Gates, func(g store.SuperGate) bool { return g.Gate == flows.GateMaterial && !g.Holds })
	p.Clears = p.Material && c.mayDo(v, pathClearSuper)
	p.Ripe = p.Status == store.SuperCandidate && p.Best >= p.Info.Confirmed
	for _, m := range p.Moves {
		if m.Event == store.SuperEventRead {
			p.Reads = append(p.Reads, m)
		}
	}
	return p, nil
}

// fillScores puts the scores that the person may see into the order of the lenses.
func (c *Console) fillScores(p *superPage, lenses []flows.SuperLensInfo, lens, role string) {
	p.Lens = chosenLens(lenses, lens, p.Info.LensOf(role).Code)
	for _, l := range lenses {
		s := p.Found.Score(l.Code)
		p.Scores = append(p.Scores, superScore{SuperLens: s, Label: l.Label, On: l.Code == p.Lens.Code, Parts: shares(p.Info, s)})
	}
	p.Score = p.Found.Score(p.Lens.Code)
	for _, d := range p.Info.Dimensions {
		for _, part := range p.Found.Parts {
			if part.Dimension == d.Code {
				p.Parts = append(p.Parts, superShare{d.Code, d.Label, part.Value})
			}
		}
	}
}

// fillPlan is the next step and the twelve months after it.
func (c *Console) fillPlan(p *superPage, lib *flows.Library) {
	now := c.now().In(c.zone)
	p.Next = cmp.Or(p.NextStep, p.Found.Next.Say)
	p.Late = p.NextAt > 0 && p.NextAt < now.UnixMilli()
	p.Due = p.Status == store.SuperConfirmed && (p.Found.Review || p.ReviewAt < now.UnixMilli())
	if p.Status == store.SuperDropped || p.Status == store.SuperRefused {
		return
	}
	var review time.Time
	if p.Status == store.SuperConfirmed {
		review = time.UnixMilli(max(p.ReviewAt, now.UnixMilli())).In(c.zone)
	}
	next := flows.SuperStep{Code: p.Found.Next.Code, Say: p.Next, Days: p.Found.Next.Days}
	p.Plan = lib.SuperPlan(p.Stage, next, time.UnixMilli(p.NextAt).In(c.zone), review, now)
	p.Plan = p.Plan[:min(len(p.Plan), planShown)]
}

// quotes are the newest words of the doctor's own that say more than a choice; none for whoever sees no names.
func (c *Console) quotes(past store.DoctorPast, masked bool) []quote {
	var out []quote
	if masked {
		return nil
	}
	for _, a := range past.Answers {
		if a.RetractedAt != 0 || a.Raw == "" || a.Raw == a.Label || terse(a.Raw) || past.Consenting(a) || c.desk.SafetyOnly(a, past.Cases) {
			continue
		}
		if out = append(out, quote{Asked: store.BareQuestion(a.Asked), Words: a.Raw, At: a.At}); len(out) == quotesShown {
			break
		}
	}
	return out
}

// fillPeers tells which words may be quoted or were asked about, and what came of the doctor's cards for colleagues.
func (c *Console) fillPeers(v *request, p *superPage, lib *flows.Library, past store.DoctorPast) error {
	rows, err := c.store.QuotesOf(v.Context(), p.Doctor)
	if err != nil {
		return err
	}
	barred, err := c.store.QuoteBarred(v.Context(), p.Doctor)
	if err != nil {
		return err
	}
	p.Approved = approvedOf(rows)
	if !v.masked() {
		p.Asked = askable(lib, past.Answers, rows, barred || p.Who.Level != store.LevelVerified)
	}
	cards, sum, err := c.store.PeerCards(v.Context(), p.Doctor, c.now().Add(-invitationsSpan))
	p.Cards = cards
	if len(cards) > 0 {
		p.Chain = chainSteps(sum)
	}
	return err
}

// askable are the answers to questions that their authors have marked, with what has become of each.
func askable(lib *flows.Library, answers []store.Answer, rows []store.QuoteRow, barred bool) []quote {
	var out []quote
	for _, a := range answers {
		topic := lib.QuoteTopic(a.Flow, a.Question)
		if a.RetractedAt != 0 || topic == "" || !lib.Quotable(a.Raw) || len(out) == quotesShown {
			continue
		}
		q, asked := quote{Asked: store.BareQuestion(a.Asked), Words: a.Raw, At: a.At, Ref: a.Ref(), Topic: topic}, false
		for _, r := range rows {
			if r.Words == a.Raw {
				q.Status, asked = r.Status, r.Status != store.QuoteOffered || r.AskedBy != ""
			}
		}
		q.Fit = !barred && !asked
		out = append(out, q)
	}
	return out
}

// codeOf is a value of the portrait that is one code, else "".
func codeOf(rows []store.PortraitValue, field string) string {
	for _, p := range rows {
		if p.Field == field {
			return p.Code
		}
	}
	return ""
}
