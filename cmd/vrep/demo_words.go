package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vrep/vrep/store"
)

// demoWords is what doctors of the sample have let be quoted, and whom they have invited.
type demoWords struct {
	Quotes []struct {
		Words     string `yaml:"words"`
		Signature string `yaml:"signature"` // "" = the doctor has not decided
		Shown     string `yaml:"shown"`     // approved line; "" = not approved
		Number    string `yaml:"number"`
		Where     string `yaml:"where"` // it was used; "" = not
	} `yaml:"quotes"`
	Invited []string `yaml:"invited"` // names of colleagues; the first of each three has come further than the others
	Reply   string   `yaml:"reply"`
}

// Policies of the consents in these talks, as the flows of the house have them.
const (
	demoQuotePolicy = "quote_2026_11"
	demoBasePolicy  = "privacy_2026_11"
)

// demoLine is a turn that a doctor of the sample takes after the last one.
type demoLine struct {
	doctor string
	key    string
	at     time.Time
	fill   func(t *store.Turn)
}

// take commits the turn; taken before, it is nothing.
func (w *demoWorld) take(ctx context.Context, l demoLine) error {
	st := w.app.store
	file, err := st.LoadDoctor(ctx, l.doctor)
	if err != nil {
		return fmt.Errorf("reading a sample doctor: %w", err)
	}
	last, err := st.LastTurn(ctx, l.doctor)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading a sample talk: %w", err)
	}
	t := store.Turn{Doctor: file.Doctor, Refresh: true, Journal: w.line(l, last.Seq+1, last.State)}
	l.fill(&t)
	if _, err := st.CommitTurn(ctx, &t); err != nil {
		return fmt.Errorf("writing a sample talk: %w", err)
	}
	return nil
}

func (w *demoWorld) line(l demoLine, seq int64, state []byte) store.Journal {
	at := l.at.UnixMilli()
	if len(state) == 0 {
		state = []byte("{}")
	}
	return store.Journal{Conversation: l.doctor, Seq: seq, MessageKey: "sample:" + l.key, Kind: "text", Event: []byte("{}"), Reply: []byte("{}"), State: state, SentAt: at, ReceivedAt: at}
}

// fillWords lets super customers of the sample agree to be quoted, the house decide about some of it, and two of them invite colleagues.
func (w *demoWorld) fillWords(ctx context.Context, order []store.SuperRow) error {
	words := readDemo().Words
	for i, r := range order[:min(len(order), len(words.Quotes))] {
		q := words.Quotes[i]
		id := fmt.Sprintf("%s-quote", r.Doctor[:16])
		offer := func(t *store.Turn) {
			t.Quotes = []store.Quote{{ID: id, Flow: "community", Topic: "service", Words: q.Words}}
		}
		at := w.app.now().AddDate(0, 0, -2*i-3)
		if err := w.take(ctx, demoLine{r.Doctor, id + ":1", at, offer}); err != nil {
			return err
		}
		if q.Signature == "" {
			continue
		}
		sign := func(t *store.Turn) {
			t.Signs = []store.QuoteSign{{ID: id, Signature: q.Signature, Policy: demoQuotePolicy}}
			t.Consents = []store.Consent{{Conversation: r.Doctor, Seq: t.Journal.Seq, Purpose: store.PurposeQuote, Policy: demoQuotePolicy, Granted: true, Raw: words.Reply, At: t.Journal.ReceivedAt}}
		}
		if err := w.take(ctx, demoLine{r.Doctor, id + ":2", at.Add(time.Minute), sign}); err != nil {
			return err
		}
		if err := w.approveWords(ctx, id, q.Shown, q.Number, q.Where); err != nil {
			return err
		}
	}
	return w.invite(ctx, order, words.Invited)
}

// approveWords is what the medical department of the sample house has decided, and marketing has used.
func (w *demoWorld) approveWords(ctx context.Context, id, shown, number, where string) error {
	if shown == "" {
		return nil
	}
	medical := store.As(ctx, store.Viewer{Name: demoAccount(store.RoleMedical), Role: store.RoleMedical, Reach: store.ReachAll})
	err := w.app.store.ApproveQuote(medical, store.QuoteApproval{ID: id, Text: shown, Number: number, Until: w.app.now().AddDate(1, 0, 0).UnixMilli()})
	if errors.Is(err, store.ErrMoved) {
		return nil // decided before
	}
	if err != nil || where == "" {
		return err
	}
	marketing := store.As(ctx, store.Viewer{Name: demoAccount(store.RoleMarketing), Role: store.RoleMarketing, Reach: store.ReachAll})
	return w.app.store.UseQuote(marketing, id, where)
}

// cardsInDemo is how many super customers of the sample have a card.
const cardsInDemo = 3

// invite gives some of them cards, and lets colleagues follow by those.
func (w *demoWorld) invite(ctx context.Context, order []store.SuperRow, names []string) error {
	if w.app.cards() == nil || len(order) < cardsInDemo {
		return nil
	}
	openids, err := w.platform.Quiet("peer", len(names))
	if err != nil {
		return fmt.Errorf("making sample colleagues: %w", err)
	}
	limits, now := w.app.flows.Library().Referral(), w.app.now()
	scenes := make([]string, cardsInDemo)
	for i := range cardsInDemo {
		make := func(t *store.Turn) {
			link := w.app.cards()(t.Doctor.ID, t.Journal.Seq)
			scenes[i] = link.Scene
			t.PeerCards = []store.PeerCard{{ID: order[i].Doctor[:16] + "-card", Scene: link.Scene, Token: link.Digest, Most: int64(limits.Most), Alarm: int64(limits.Alarm),
				ExpiresAt: now.Add(limits.Life).UnixMilli()}}
		}
		if err := w.take(ctx, demoLine{order[i].Doctor, order[i].Doctor[:16] + ":card", now.AddDate(0, 0, -6-i), make}); err != nil {
			return err
		}
	}
	for i, name := range names {
		if err := w.follow(ctx, openids[i], name, scenes[i%2], order[i%2], i); err != nil {
			return err
		}
	}
	return nil
}

// follow is one colleague: he follows by the card, and the first ones agree, are verified and take part.
func (w *demoWorld) follow(ctx context.Context, openid, name, scene string, host store.SuperRow, n int) error {
	id, at := store.DoctorID(w.app.store.Account(), openid), w.app.now().AddDate(0, 0, -4).Add(time.Duration(n)*time.Hour)
	d := store.Doctor{ID: id, OpenID: openid, Phase: store.PhaseIdle, Followed: true, CreatedAt: at.UnixMilli(), LastInboundAt: at.UnixMilli(), Scene: scene, LastScene: scene}
	first := store.Turn{Doctor: d, Refresh: true, Scan: &store.Scan{Scene: scene, Followed: true, FirstTouch: true}, Journal: w.line(demoLine{doctor: id, key: id[:16] + ":1", at: at}, 1, nil)}
	if _, err := w.app.store.CommitTurn(ctx, &first); err != nil || n >= 5 {
		return err
	}
	agree := func(t *store.Turn) {
		t.Doctor.Name, t.Doctor.HospitalName, t.Doctor.Hospital, t.Doctor.Department = name, host.Who.HospitalName, host.Who.Hospital, host.Who.Department
		t.Consents = []store.Consent{{Conversation: id, Seq: t.Journal.Seq, Purpose: store.PurposeBase, Policy: demoBasePolicy, Granted: true, Raw: readDemo().Words.Reply, At: t.Journal.ReceivedAt}}
		if n < 4 {
			t.Doctor.Level, t.Doctor.VerifiedAt = store.LevelVerified, t.Journal.ReceivedAt
		}
	}
	if err := w.take(ctx, demoLine{id, id[:16] + ":2", at.Add(time.Minute), agree}); err != nil {
		return err
	}
	if _, err := w.app.insight.Sweep(ctx); err != nil || n >= 2 {
		return err
	}
	read := store.Behaviour{Doctor: id, Kind: store.DidRead, Object: "ckd_review", Ref: "read:sample:" + id[:16]}
	if err := w.app.store.Did(ctx, read); err != nil {
		return fmt.Errorf("writing what a sample colleague did: %w", err)
	}
	return nil
}
