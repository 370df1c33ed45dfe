package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// reasonRecalled is kept with messages and pushes that a recall cancels.
const reasonRecalled = "recalled"

// covers tells whether a version of a flow is recalled: the version itself, or all wordings of its shape.
func (r Recall) covers(flow, hash string) bool {
	return flow == r.Flow && hash != "" && strings.HasPrefix(hash, r.Version)
}

// RecallFlow withdraws a version of a flow and cancels what its talks have planned and not sent: messages to doctors, reminders and pushes. An audit row says who did
// it and why. It gives the recall with its number and how much was cancelled.
func (s *Store) RecallFlow(ctx context.Context, r Recall) (Recall, int, error) {
	r.Account, r.At = s.Account(), s.Now()
	r.Author, r.Reason, r.Say = cut(r.Author, 64), valid(r.Reason), valid(r.Say)
	row, cancelled := r, 0
	err := s.tx(ctx, func(tx *gorm.DB) error {
		row = r
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("writing recall: %w", err)
		}
		messages, err := s.cancelRecalled(tx, r)
		if err != nil {
			return fmt.Errorf("cancelling messages: %w", err)
		}
		pushes, err := s.dropRecalled(tx, r)
		if err != nil {
			return fmt.Errorf("dropping pushes: %w", err)
		}
		if err := s.letSleep(tx, r); err != nil {
			return fmt.Errorf("stopping reminders: %w", err)
		}
		cancelled = messages + pushes
		return s.audit(tx, Audit{
			Actor: r.Author, Action: "recall_flow", Object: r.object(),
			Detail: fmt.Sprintf("recall %d, %s, %d cancelled: %s", row.ID, r.Policy, cancelled, r.Reason),
		})
	})
	if err != nil {
		return Recall{}, 0, fmt.Errorf("recalling a flow: %w", err)
	}
	return row, cancelled, nil
}

func (r Recall) object() string { return "flow:" + r.Flow + "@" + r.Version }

// LiftRecall ends a recall. ErrNotFound: there is none of that number; ErrMoved: it was lifted before.
func (s *Store) LiftRecall(ctx context.Context, id int64, actor, reason string) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		var rows []Recall
		if err := tx.Where("account = ? AND id = ?", s.Account(), id).Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		r, err := first(rows, "reading recall")
		if err != nil {
			return err
		}
		done := tx.Model(&Recall{}).Where("id = ? AND lifted_at = 0", id).UpdateColumns(map[string]any{"lifted_at": s.Now(), "lifted_by": cut(actor, 64)})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return ErrMoved
		}
		return s.audit(tx, Audit{Actor: actor, Action: "lift_recall", Object: r.object(), Detail: fmt.Sprintf("recall %d: %s", id, valid(reason))})
	})
	if err != nil {
		return fmt.Errorf("lifting a recall: %w", err)
	}
	return nil
}

// Recalls lists all recalls of the account, lifted ones too, newest first.
func (s *Store) Recalls(ctx context.Context) ([]Recall, error) {
	var rows []Recall
	if err := s.read(ctx).Where("account = ?", s.Account()).Order("id DESC").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading recalls: %w", err)
	}
	return rows, nil
}

// cancelRecalled ends the messages to doctors that a turn of the recalled version has queued. One that is being sent now cannot be called back.
func (s *Store) cancelRecalled(tx *gorm.DB, r Recall) (int, error) {
	var rows []Effect
	err := tx.Select("id, effect_key, attempts, status").Where("account = ? AND status IN ?", s.Account(), []string{EffectReady, EffectWaiting}).
		Where("lane LIKE ?", DoctorLane("%")).Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error
	if err != nil {
		return 0, err
	}
	refs := make([]turnRef, len(rows))
	for i, e := range rows {
		refs[i] = refOf(e.Key)
	}
	hit, err := recalledTurns(tx, r, refs)
	if err != nil {
		return 0, err
	}
	var gone []Effect
	for i, e := range rows {
		if hit[refs[i]] {
			gone = append(gone, e)
		}
	}
	return len(gone), cancelEffects(tx, gone, reasonRecalled, s.Now())
}

// letSleep takes back the reminders of the talks that stand on the recalled version: what they have to hear, they hear at their next message.
func (s *Store) letSleep(tx *gorm.DB, r Recall) error {
	at := escapeLike(r.Flow + "@" + r.Version)
	return tx.Model(&Doctor{}).Where("account = ? AND wake_at > 0", s.Account()).
		Where("(standing LIKE ? ESCAPE '!' OR standing LIKE ? ESCAPE '!')", at+"%", "% "+at+"%").UpdateColumn("wake_at", 0).Error
}

// dropRecalled ends the pushes that a turn of the recalled version has planned.
func (s *Store) dropRecalled(tx *gorm.DB, r Recall) (int, error) {
	var rows []Push
	q := tx.Select("id, cause").Where(map[string]any{"account": s.Account(), "status": PushPlanned}).Where("cause LIKE 'ask:%'")
	if err := q.Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error; err != nil {
		return 0, err
	}
	refs := make([]turnRef, len(rows))
	for i, p := range rows {
		refs[i] = refOf(strings.TrimPrefix(p.Cause, "ask:"))
	}
	hit, err := recalledTurns(tx, r, refs)
	if err != nil {
		return 0, err
	}
	n := 0
	for i, p := range rows {
		if !hit[refs[i]] {
			continue
		}
		if err := s.decidePush(tx, p.ID, map[string]any{"status": PushNone, "reason": reasonRecalled}); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// turnRef names a turn; the zero value names none.
type turnRef struct {
	conversation string
	seq          int64
}

// refOf reads "conversation:seq" or "conversation:seq:n".
func refOf(key string) turnRef {
	parts := strings.SplitN(key, ":", 3)
	if len(parts) < 2 {
		return turnRef{}
	}
	seq, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return turnRef{}
	}
	return turnRef{parts[0], seq}
}

// refsPerQuery bounds the parameters of one query.
const refsPerQuery = 500

// recalledTurns tells which of the turns belong to the recalled version: its question was open afterwards, or was answered in the turn.
func recalledTurns(tx *gorm.DB, r Recall, refs []turnRef) (map[turnRef]bool, error) {
	hit := map[turnRef]bool{}
	for len(refs) > 0 {
		n := min(len(refs), refsPerQuery)
		pairs := make([][]any, n)
		for i, ref := range refs[:n] {
			pairs[i] = []any{ref.conversation, ref.seq}
		}
		refs = refs[n:]
		for _, model := range []any{&Journal{}, &Answer{}} {
			var rows []struct {
				Conversation, Flow, FlowHash string
				Seq                          int64
			}
			err := tx.Model(model).Select("conversation, seq, flow, flow_hash").Where("(conversation, seq) IN ?", pairs).Find(&rows).Error
			if err != nil {
				return nil, err
			}
			for _, row := range rows {
				if r.covers(row.Flow, row.FlowHash) {
					hit[turnRef{row.Conversation, row.Seq}] = true
				}
			}
		}
	}
	return hit, nil
}
