package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
)

// Errors of acts about quotes.
var (
	// ErrChanged: the words to be shown are not the doctor's own, shortened.
	ErrChanged = errors.New("store: words were changed")
	// ErrNoNumber: an approval needs its number and an end that lies ahead.
	ErrNoNumber = errors.New("store: approval without number or end")
)

// FlowQuote is the flow in which doctors are asked whether they may be quoted; it takes the input quote.
const FlowQuote = "quote_consent"

// quoteLeast is the shortest line that is shown, in characters.
const quoteLeast = 4

// ellipses are the signs that stand for words left out.
var ellipses = strings.NewReplacer("\u2026\u2026", "\x00", "\u2026", "\x00", "...", "\x00")

// Shortened tells whether text is words with nothing done to them but leaving out: every part of it between ellipses occurs in words, in order, and none is
// used twice.
func Shortened(words, text string) bool {
	rest, kept := words, 0
	for _, part := range strings.Split(ellipses.Replace(text), "\x00") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest, kept = rest[i+len(part):], kept+utf8.RuneCountInString(part)
	}
	return kept >= quoteLeast
}

// AskQuote lets a doctor be asked, in the chat, whether an answer may be quoted: the words are kept as offered and the flow is planned. Whether and when it
// begins is decided where every push is. ErrNotFound: no such answer of the doctor; ErrMoved: it was asked before, or the doctor has said
// no lately. The caller has looked whether the words
// may be quoted at all.
func (s *Store) AskQuote(ctx context.Context, doctor, answer, topic string) (Quote, error) {
	v, _ := Viewing(ctx)
	q := Quote{ID: newID("quote", answer), Account: s.Account(), Doctor: doctor, Topic: cut(topic, 32), Status: QuoteOffered, AskedBy: v.Name, OfferedAt: s.Now()}
	err := s.tx(ctx, func(tx *gorm.DB) error {
		key, err := s.writingKey(tx, doctor)
		if err != nil {
			return err
		}
		a, err := s.answerOf(tx, doctor, answer)
		if err != nil {
			return err
		}
		if barred, err := s.quoteBarred(tx, doctor); err != nil || barred {
			return errors.Join(err, errIf(barred, ErrMoved))
		}
		left, err := s.unanswered(tx, doctor, a.Raw)
		if err != nil {
			return err
		}
		q.Flow, q.Words = a.Flow, key.sealText(q.place("words"), a.Raw)
		if left != "" {
			q.ID = left
			done := tx.Model(&Quote{}).Where("id = ? AND asked_by = ''", left).UpdateColumn("asked_by", v.Name)
			if done.Error != nil || done.RowsAffected == 0 {
				return errors.Join(done.Error, errIf(done.Error == nil, ErrMoved))
			}
		} else if made, err := create(tx, &q); err != nil || !made {
			return errors.Join(err, errIf(err == nil, ErrMoved))
		}
		in, err := json.Marshal(map[string]string{"quote": q.ID})
		if err != nil {
			return fmt.Errorf("encoding inputs: %w", err)
		}
		if err := s.planFlows(tx, Push{Doctor: doctor, Cause: "quote:" + q.ID, Flow: FlowQuote, Inputs: string(in)}); err != nil {
			return err
		}
		return s.audit(tx, Audit{Action: "ask_quote", Object: "doctor:" + doctor, Detail: q.ID})
	})
	if err != nil {
		return Quote{}, fmt.Errorf("asking for words: %w", err)
	}
	return q, nil
}

// quoteRest is how long a doctor who said no is left in peace. Source: the house rule on asking again after a refusal.
const quoteRest = 180 * 24 * time.Hour

// QuoteBarred tells whether a doctor has refused to be quoted, or taken it back, so lately that nobody may ask again.
func (s *Store) QuoteBarred(ctx context.Context, doctor string) (bool, error) {
	return s.quoteBarred(s.read(ctx), doctor)
}

func (s *Store) quoteBarred(tx *gorm.DB, doctor string) (bool, error) {
	var n int64
	q := tx.Model(&Quote{}).Where("doctor = ? AND status IN ?", doctor, []string{QuoteRefused, QuoteWithdrawn})
	if err := q.Where("decided_at > ?", s.Now()-quoteRest.Milliseconds()).Count(&n).Error; err != nil {
		return false, fmt.Errorf("looking for refusals: %w", err)
	}
	return n > 0, nil
}

// unanswered is the id of the same words of a doctor which a flow offered and the doctor left without a decision; "" = there are none.
func (s *Store) unanswered(tx *gorm.DB, doctor, words string) (string, error) {
	var rows []Quote
	if err := tx.Where("doctor = ? AND status = ? AND asked_by = ''", doctor, QuoteOffered).Order("id").Find(&rows).Error; err != nil {
		return "", fmt.Errorf("reading words that wait: %w", err)
	}
	if err := s.openQuotes(tx, rows); err != nil {
		return "", err
	}
	for _, q := range rows {
		if q.Words == words {
			return q.ID, nil
		}
	}
	return "", nil
}

// answerOf reads one answer by the ref that Answer.Ref gives; ErrNotFound.
func (s *Store) answerOf(tx *gorm.DB, doctor, ref string) (Answer, error) {
	var rows []Answer
	var seq, n int64
	rest, ok := strings.CutPrefix(ref, doctor+":")
	if _, err := fmt.Sscanf(rest, "%d:%d", &seq, &n); err != nil || !ok {
		return Answer{}, ErrNotFound
	}
	if err := tx.Where("conversation = ? AND seq = ? AND n = ? AND retracted_at = 0", doctor, seq, n).Find(&rows).Error; err != nil {
		return Answer{}, fmt.Errorf("reading an answer: %w", err)
	}
	if err := s.openAnswers(tx, rows); err != nil {
		return Answer{}, err
	}
	if len(rows) == 0 || rows[0].Raw == "" {
		return Answer{}, ErrNotFound
	}
	return rows[0], nil
}

// Ref names the answer: conversation, turn and place.
func (a *Answer) Ref() string { return a.ref() }

// QuoteApproval lets consented words be shown.
type QuoteApproval struct {
	ID, Text, Number string
	Until            int64 // unix ms
}

// ApproveQuote approves words, whole or shortened. ErrMoved: they do not wait any more; ErrSamePerson: who asked the doctor does not approve; ErrChanged;
// ErrNoNumber.
func (s *Store) ApproveQuote(ctx context.Context, a QuoteApproval) error {
	a.Number, a.Text = cut(strings.TrimSpace(valid(a.Number)), 64), strings.TrimSpace(valid(a.Text))
	if a.Number == "" || a.Until <= s.Now() {
		return ErrNoNumber
	}
	return s.decideQuote(ctx, a.ID, "approve_quote", func(tx *gorm.DB, q Quote, who string) (map[string]any, error) {
		agrees, err := agreesTo(tx, q.Doctor, PurposeQuote)
		switch {
		case err != nil:
			return nil, err
		case q.Status != QuoteConsented || !agrees:
			return nil, ErrMoved
		case who != "" && who == q.AskedBy:
			return nil, ErrSamePerson
		case !Shortened(q.Words, a.Text):
			return nil, ErrChanged
		}
		key, err := s.writingKey(tx, q.Doctor)
		if err != nil {
			return nil, err
		}
		return map[string]any{"status": QuoteApproved, "approved": key.sealText(q.place("approved"), a.Text), "approval_no": a.Number, "until_at": a.Until}, nil
	})
}

// RejectQuote keeps words from being shown, or ends an approval. ErrNoReason; ErrMoved.
func (s *Store) RejectQuote(ctx context.Context, id, reason string) error {
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	return s.decideQuote(ctx, id, "reject_quote", func(_ *gorm.DB, q Quote, _ string) (map[string]any, error) {
		open := slices.Contains([]string{QuoteConsented, QuoteApproved, QuoteExpired}, q.Status)
		return map[string]any{"status": QuoteRejected, "reason": reason, "approved": ""}, errIf(!open, ErrMoved)
	})
}

// decideQuote changes words in one transaction with its audit row.
func (s *Store) decideQuote(ctx context.Context, id, action string, decide func(tx *gorm.DB, q Quote, who string) (map[string]any, error)) error {
	v, _ := Viewing(ctx)
	err := s.tx(ctx, func(tx *gorm.DB) error {
		q, err := s.lockedQuote(tx, id)
		if err != nil {
			return err
		}
		set, err := decide(tx, q, v.Name)
		if err != nil {
			return err
		}
		set["decided_by"], set["decided_at"] = v.Name, s.Now()
		if err := tx.Model(&Quote{}).Where("id = ?", id).UpdateColumns(set).Error; err != nil {
			return err
		}
		return s.audit(tx, Audit{Action: action, Object: "quote:" + id})
	})
	if err != nil {
		return fmt.Errorf("deciding about words: %w", err)
	}
	return nil
}

// UseQuote records that approved words were taken for use, and where. ErrNoReason: it does not say where; ErrMoved: they may not be used now.
func (s *Store) UseQuote(ctx context.Context, id, where string) error {
	where, err := reasoned(where)
	if err != nil {
		return err
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		q, err := s.lockedQuote(tx, id)
		if err != nil {
			return err
		}
		agrees, err := agreesTo(tx, q.Doctor, PurposeQuote)
		if err != nil {
			return err
		}
		if q.Status != QuoteApproved || !agrees {
			return ErrMoved
		}
		if err := tx.Model(&Quote{}).Where("id = ?", id).UpdateColumn("shown", gorm.Expr("shown + 1")).Error; err != nil {
			return err
		}
		return s.audit(tx, Audit{Action: "use_quote", Object: "quote:" + id, Reason: where})
	})
	if err != nil {
		return fmt.Errorf("using words: %w", err)
	}
	return nil
}
