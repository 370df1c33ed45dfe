package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	pv "github.com/vrep/vrep/bot/safety"
	"github.com/vrep/vrep/store"
)

// caseAct is one act of the safety desk by its form.
type caseAct func(c *Console, ctx context.Context, no string, v *request) error

// caseActs lists them by the last part of the address. That a second person agrees, or does not, is decided where all such things are: see acts.
var caseActs = map[string]caseAct{
	pv.EventAcknowledge: func(c *Console, ctx context.Context, no string, v *request) error {
		return c.safety.Acknowledge(ctx, no, v.user.Name)
	},
	pv.EventJudge: (*Console).judge,
	pv.EventFollow: func(c *Console, ctx context.Context, no string, v *request) error {
		f := v.PostForm
		told := pv.Elements{Patient: f.Get("patient"), Reporter: f.Get("reporter"), Product: f.Get("product"), Event: f.Get("event")}
		return c.safety.Follow(ctx, no, v.user.Name, f.Get("words"), told)
	},
	pv.EventSend: func(c *Console, ctx context.Context, no string, v *request) error {
		return c.safety.Send(ctx, no, v.user.Name, v.PostForm.Get("reference"))
	},
	pv.EventClose: func(c *Console, ctx context.Context, no string, v *request) error {
		return c.safety.Close(ctx, no, v.user.Name)
	},
	pv.EventReopen: func(c *Console, ctx context.Context, no string, v *request) error {
		return c.safety.Reopen(ctx, no, v.user.Name, v.PostForm.Get("reason"))
	},
}

func (c *Console) judge(ctx context.Context, no string, v *request) error {
	f := v.PostForm
	verdict := f.Get("verdict")
	if verdict != store.VerdictValid && verdict != store.VerdictIncomplete && verdict != store.VerdictNone {
		return store.ErrNotFound
	}
	return c.safety.Judge(ctx, no, v.user.Name, pv.Judgement{
		Verdict: verdict, Serious: f.Get("serious") != "", Unlisted: f.Get("unlisted") != "", Death: f.Get("death") != "", Reason: f.Get("reason"),
	})
}

// actCaseClose closes a case that no report comes of, once a second person agrees.
func (c *Console) actCaseClose(ctx context.Context, a store.Approval) error {
	return c.safety.Second(ctx, a.Object, a.Actor, a.DecidedBy)
}

// keepCase puts a case back for another judgement: a second person does not agree.
func (c *Console) keepCase(ctx context.Context, a store.Approval) error {
	return c.safety.Disagree(ctx, a.Object, a.Actor, a.DecidedBy, a.Verdict)
}

// caseWords bounds what a form about a case may say, in bytes.
const caseWords = 16 << 10

// doCase does one act on a case and leads back to it; what is not possible is said there.
func (c *Console) doCase(w http.ResponseWriter, v *request) error {
	no := v.PathValue("no")
	v.Body = http.MaxBytesReader(w, v.Body, caseWords)
	if err := v.ParseForm(); err != nil {
		return err
	}
	act := caseActs[v.PathValue("act")]
	if act == nil {
		return store.ErrNotFound
	}
	notice := "case_done"
	switch err := act(c, v.Context(), no, v); {
	case errors.Is(err, pv.ErrReason):
		notice = "case_reason"
	case errors.Is(err, store.ErrSamePerson):
		notice = "case_same"
	case errors.Is(err, pv.ErrMove), errors.Is(err, store.ErrMoved):
		notice = "case_moved"
	case err != nil:
		return err
	}
	return c.back(w, v, notice, "/console/cases/"+no)
}

// doReconcile counts a day again.
func (c *Console) doReconcile(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	at, err := time.ParseInLocation(time.DateOnly, v.PostForm.Get("day"), c.zone)
	if err != nil {
		at = c.now()
	}
	if _, err := c.safety.Reconcile(v.Context(), at, v.user.Name); err != nil {
		return err
	}
	return c.back(w, v, "reconciled", "/console/cases")
}

// exportCase hands out a case for the safety database; the reading is logged.
func (c *Console) exportCase(w http.ResponseWriter, v *request) error {
	f, err := c.store.CaseFile(v.Context(), v.PathValue("no"))
	if err != nil {
		return err
	}
	body, err := c.safety.Export(f, c.company)
	if err != nil {
		return err
	}
	if err := c.store.AddAudit(v.Context(), store.Audit{Actor: v.user.Name, Action: "case_export", Object: "case:" + f.No}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.No+`.json"`)
	_, err = w.Write(body)
	return err
}
