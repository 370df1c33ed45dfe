package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// inquiriesShown is the number of medical inquiries in the list.
const inquiriesShown = 200

// inquiryView is one medical inquiry as its pages show it.
type inquiryView struct {
	store.InquiryRow
	Answer    store.InquiryAnswer
	Documents []flows.Content // approved ones that this doctor may have
	Writes    bool            // the person may write the answer
	Releases  bool            // the person may release what another has written
	Barred    bool            // the doctor is not verified: nothing about a product may go out
}

func (c *Console) pageInquiries(w http.ResponseWriter, v *request) error {
	rows, err := c.store.Inquiries(v.Context(), inquiriesShown)
	if err != nil {
		return err
	}
	return c.show(w, v, "inquiries", rows)
}

func (c *Console) pageInquiry(w http.ResponseWriter, v *request) error {
	row, err := c.store.Inquiry(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	if err := c.store.AddAudit(v.Context(), store.Audit{Actor: v.user.Name, Action: "view_inquiry", Object: "inquiry:" + row.ID}); err != nil {
		return err
	}
	view := inquiryView{InquiryRow: row, Answer: row.Written(), Documents: c.approved(row.Who.Level), Barred: row.Who.Level != store.LevelVerified}
	if waits := row.Status == store.InquiryOpen || row.Status == store.InquiryTaken; waits && c.mayDo(v, "/console/inquiries/{id}/write") {
		view.Writes = true
		view.Releases = row.Answer != "" && row.Actor != v.user.Name && !view.Barred
	}
	return c.show(w, v, "inquiry", view)
}

// approved are the documents whose approval holds and that a doctor of the level may have.
func (c *Console) approved(level int) []flows.Content {
	if c.library == nil {
		return nil
	}
	today := c.now().In(c.zone)
	return slices.DeleteFunc(slices.Clone(c.library().Contents()), func(d flows.Content) bool { return !d.Allowed(level, today) })
}

// maxAnswer is the most characters of an answer: it must fit one message.
const maxAnswer = 500

// doWriteInquiry keeps the answer that a person of medical information has written.
func (c *Console) doWriteInquiry(w http.ResponseWriter, v *request) error {
	id := v.PathValue("id")
	if err := v.ParseForm(); err != nil {
		return err
	}
	row, err := c.store.Inquiry(v.Context(), id)
	if err != nil {
		return err
	}
	text := strings.TrimSpace(v.PostForm.Get("text"))
	documents := c.approved(row.Who.Level)
	i := slices.IndexFunc(documents, func(d flows.Content) bool { return d.ID == v.PostForm.Get("document") })
	if text == "" || len([]rune(text)) > maxAnswer || i < 0 {
		return c.back(w, v, "inquiry_incomplete", "/console/inquiries/"+id)
	}
	a := store.InquiryAnswer{Document: documents[i].ID, Title: documents[i].Title, URL: documents[i].URL, Text: text}
	return c.afterInquiry(w, v, c.store.WriteInquiry(v.Context(), id, v.user.Name, a), "inquiry_written")
}

// doSendInquiry releases an answer: it goes to the doctor.
func (c *Console) doSendInquiry(w http.ResponseWriter, v *request) error {
	row, err := c.store.Inquiry(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	if row.Who.Level != store.LevelVerified {
		return c.back(w, v, "inquiry_barred", "/console/inquiries/"+row.ID)
	}
	e, err := c.answerEffect(row)
	if err != nil {
		return err
	}
	return c.afterInquiry(w, v, c.store.SendInquiry(v.Context(), row.ID, v.user.Name, e), "inquiry_sent")
}

// answerEffect carries the answer to the doctor.
func (c *Console) answerEffect(row store.InquiryRow) (store.Effect, error) {
	a := row.Written()
	text := strings.Join([]string{c.words.word("inquiryanswer", "head"), a.Text, a.Title, a.URL}, "\n")
	body, err := json.Marshal(store.Text{OpenID: row.Who.OpenID, Text: text})
	if err != nil {
		return store.Effect{}, fmt.Errorf("encoding an answer: %w", err)
	}
	return store.Effect{Key: "inquiry:" + row.ID, Lane: store.DoctorLane(row.Doctor), Kind: store.KindText, Body: body, Intent: store.IntentAsked}, nil
}

// doCloseInquiry ends an inquiry without an answer.
func (c *Console) doCloseInquiry(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	reason := strings.TrimSpace(v.PostForm.Get("reason"))
	if reason == "" {
		return c.back(w, v, "case_reason", "/console/inquiries/"+v.PathValue("id"))
	}
	return c.afterInquiry(w, v, c.store.CloseInquiry(v.Context(), v.PathValue("id"), v.user.Name, reason), "inquiry_closed")
}

// afterInquiry leads back to an inquiry and says what came of the act.
func (c *Console) afterInquiry(w http.ResponseWriter, v *request, err error, done string) error {
	switch {
	case errors.Is(err, store.ErrMoved):
		done = "gone"
	case errors.Is(err, store.ErrSamePerson):
		done = "case_same"
	case err != nil:
		return err
	}
	return c.back(w, v, done, "/console/inquiries/"+v.PathValue("id"))
}
