package bot

import (
	"strconv"
	"time"

	"github.com/vrep/vrep/store"
)

// ExportLink is where a doctor can fetch a copy of everything, once.
type ExportLink struct {
	Address string
	Digest  string // SHA-256 of its secret part, in hex: what is kept of it
}

// Times of what the doctor's rights leave behind.
const (
	exportLife = 24 * time.Hour       // of the address of a copy
	tagBarred  = 180 * 24 * time.Hour // a deleted tag does not come back before. Source: the house rule on asking again after a refusal
)

// rights records the right that the doctor has used, with its end, and does what it says about tags. Decisions about consents have rows of their own.
func (x *builder) rights() error {
	for _, tag := range x.d.out.Drop {
		x.turn.Tags = append(x.turn.Tags, store.Tag{
			Doctor: x.conversation(), Tag: tag, Account: x.in.Account, Source: store.SourceAnswer, Ref: x.ref(-1), At: x.now, RemovedAt: x.now,
		})
		x.turn.Suppress = append(x.turn.Suppress, store.Suppression{Doctor: x.conversation(), Tag: tag, Until: x.now + tagBarred.Milliseconds(), At: x.now})
	}
	used := x.d.out.Right
	if used.Kind == "" {
		return nil
	}
	row := store.RightsRequest{
		ID: rowID("right", x.conversation(), strconv.FormatInt(x.seq, 10)), Account: x.in.Account, Doctor: x.conversation(), Kind: used.Kind,
		Status: store.RightsDone, Detail: used.Detail, At: x.now, DoneAt: x.now,
	}
	if used.Kind == store.RightsExport {
		row.Status, row.DoneAt = store.RightsOpen, 0
		if !used.Open {
			row.Token, row.ExpiresAt = x.export(x.conversation(), x.seq).Digest, x.now+exportLife.Milliseconds()
		}
	}
	x.turn.Rights = append(x.turn.Rights, row)
	x.turn.Audits = append(x.turn.Audits, store.Audit{
		Actor: "doctor", Action: "own_" + used.Kind, Object: "doctor:" + x.conversation(), Detail: used.Detail, At: x.now,
	})
	return nil
}
