package store

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// wipe erases one doctor within one transaction. Rows that only describe the person are deleted. Rows that reports count stay, without content, under a
// name that belongs to nobody and is kept nowhere else (ghost), with times cut to the day, so that they cannot be joined to the journal again. Consents
// stay as the proof of what was agreed to, without words, and end. Adverse event cases, what the safety desk was told and the audit are not touched: the
// law demands them.
type wipe struct {
	tx      *gorm.DB
	account string
	doctor  string
	ids     []string // the doctor, and records of the master data that were found to be the same person
	ghost   string
	seq     int64
	now     int64
	leads   []string // ids
	notices []string // ids, but for those of the safety desk
	counts  map[string]int64
}

// erasing is the work on one table.
type erasing struct {
	table string
	do    func() error
}

// steps is every table that knows a doctor. What belongs to a lead or notice goes by its id, so those are read first.
func (w *wipe) steps() []erasing {
	return []erasing{
		{"leads", w.find}, {"outbox", w.outbox}, {"leads", w.lead}, {"lead_moves", w.moves}, {"offers", w.offers}, {"visits", w.visits},
		{"answers", w.answers}, {"sent", w.sent}, {"pushes", w.pushes}, {"scans", w.scans}, {"link_opens", w.links},
		{"consents", w.consents}, {"notices", w.tell},
		{"portrait", w.drop("portrait", &PortraitValue{})}, {"tags", w.drop("tags", &Tag{})}, {"scores", w.drop("scores", &Score{})},
		{"verifications", w.drop("verifications", &Verification{})}, {"ledgers", w.drop("ledgers", &Ledger{})}, {"permits", w.drop("permits", &Permit{})},
		{"inquiries", w.inquiries}, {"flags", w.flags}, {"merges", w.merges},
		{"observations", w.drop("observations", &Observation{})}, {"behaviours", w.drop("behaviours", &Behaviour{})},
		{"facets", w.drop("facets", &Facets{})}, {"ratings", w.drop("ratings", &Rating{})}, {"changes", w.drop("changes", &Change{})}, {"supers", w.drop("supers", &Super{})},
		{"super_moves", w.drop("super_moves", &SuperMove{})}, {"influences", w.influences}, {"transfers", w.transfers}, {"attendances", w.attendances}, {"meeting_items", w.speakers},
		{"quotes", w.drop("quotes", &Quote{})}, {"referrals", w.referrals}, {"peer_cards", w.cards},
		{"secrets", w.drop("secrets", &Secret{})}, {"suppressions", w.drop("suppressions", &Suppression{})},
		{"rights_requests", w.rights}, {"profile_checks", w.drop("profile_checks", &ProfileCheck{})},
	}
}

// count books what a statement did.
func (w *wipe) count(table string, done *gorm.DB) error {
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected > 0 {
		w.counts[table] += done.RowsAffected
	}
	return nil
}

// day cuts a time column to its day in the platform's time zone (UTC+8); 0 stays.
func day(column string) any {
	const zone, day = 8 * 60 * 60 * 1000, 24 * 60 * 60 * 1000
	return gorm.Expr(fmt.Sprintf("CASE WHEN %[1]s = 0 THEN 0 ELSE %[1]s - (%[1]s + %[2]d) %% %[3]d END", column, zone, day))
}

func (w *wipe) drop(table string, record any) func() error {
	return func() error { return w.count(table, w.tx.Where("doctor IN ?", w.ids).Delete(record)) }
}

func (w *wipe) find() error {
	if err := w.tx.Model(&Doctor{}).Where("account = ? AND merged_into = ?", w.account, w.doctor).Order("id").Pluck("id", &w.ids).Error; err != nil {
		return err
	}
	w.ids = append(w.ids, w.doctor)
	if err := w.tx.Model(&Lead{}).Where("doctor IN ?", w.ids).Order("id").Pluck("id", &w.leads).Error; err != nil {
		return err
	}
	return w.tx.Model(&Notice{}).Where("doctor IN ? AND team <> ?", w.ids, TeamPV).Order("id").Pluck("id", &w.notices).Error
}

// outbox empties what was sent to the doctor and what reps were sent about the doctor, and ends what was not sent. An effect that is being sent now
// cannot be called back; it is only kept from being tried again. A change of a card holds no word about the doctor and goes out.
func (w *wipe) outbox() error {
	ids, err := w.effects()
	if err != nil || len(ids) == 0 {
		return err
	}
	var rows []Effect
	err = w.tx.Select("id, effect_key, attempts, status").Where("id IN ?", ids).Order("id").Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error
	if err != nil {
		return err
	}
	var idle []Effect
	for _, e := range rows {
		if e.Status == EffectReady || e.Status == EffectWaiting || e.Status == EffectDead {
			idle = append(idle, e)
		}
	}
	if err := cancelEffects(w.tx, idle, "erased", w.now); err != nil {
		return err
	}
	flying := w.tx.Model(&Effect{}).Where("id IN ? AND status = ?", ids, EffectClaimed)
	if err := flying.UpdateColumn("valid_until", w.now-1).Error; err != nil {
		return err
	}
	return w.count("outbox", w.tx.Model(&Effect{}).Where("id IN ?", ids).UpdateColumn("body", []byte{}))
}

// effects finds them by index, each kind on its own.
func (w *wipe) effects() ([]int64, error) {
	of := func() *gorm.DB { return w.tx.Model(&Effect{}).Where("account = ?", w.account) }
	queries := append([]*gorm.DB{of().Where("lane = ?", DoctorLane(w.doctor))}, aboutLeads(of, w.leads)...)
	for _, n := range w.notices {
		queries = append(queries, of().Where("effect_key = ?", "notice:"+n))
	}
	var ids []int64
	for _, q := range queries {
		var some []int64
		if err := q.Pluck("id", &some).Error; err != nil {
			return nil, err
		}
		ids = append(ids, some...)
	}
	return ids, nil
}

// lead raises the version too: whoever holds a lead that was read with the doctor's name cannot write any more.
func (w *wipe) lead() error {
	return w.count("leads", w.tx.Model(&Lead{}).Where("doctor IN ?", w.ids).UpdateColumns(map[string]any{
		"doctor": w.ghost, "points": 0, "score_lines": "[]", "why": "", "note": "", "wish": "", "version": gorm.Expr("version + 1"),
		"reason": gorm.Expr("CASE WHEN status = ? THEN reason ELSE '' END", LeadWithdrawn),
	}))
}

// moves keep the reason of a withdrawal, which is a code of ours; the other ones may repeat the doctor or were typed.
func (w *wipe) moves() error {
	if len(w.leads) == 0 {
		return nil
	}
	return w.count("lead_moves", w.tx.Model(&LeadMove{}).Where("lead_id IN ? AND status <> ? AND reason <> ''", w.leads, LeadWithdrawn).
		UpdateColumn("reason", ""))
}

func (w *wipe) offers() error {
	if len(w.leads) == 0 {
		return nil
	}
	return w.count("offers", w.tx.Model(&Offer{}).Where("lead_id IN ? AND reason <> ''", w.leads).UpdateColumn("reason", ""))
}

func (w *wipe) visits() error {
	return w.count("visits", w.tx.Model(&Visit{}).Where("doctor IN ?", w.ids).UpdateColumns(map[string]any{
		"doctor": w.ghost, "prefers": "", "topics": "[]", "ladder": "", "barriers": "[]", "next_step": "", "next_at": 0, "note": "",
	}))
}

func (w *wipe) answers() error {
	return w.count("answers", w.tx.Model(&Answer{}).Where("conversation = ?", w.doctor).UpdateColumns(map[string]any{
		"conversation": w.ghost, "asked": "", "value": "", "label": "", "raw": "", "how": "", "at": day("at"), "retracted_at": day("retracted_at"),
	}))
}

// sent rows name the effect that carried the content, and its key names the conversation.
func (w *wipe) sent() error {
	return w.count("sent", w.tx.Model(&Sent{}).Where("doctor IN ?", w.ids).UpdateColumns(map[string]any{
		"doctor": w.ghost, "effect": "", "why": "", "at": day("at"), "sent_at": day("sent_at"),
	}))
}

func (w *wipe) pushes() error {
	return w.rename("pushes", &Push{}, w.tx.Where("doctor IN ?", w.ids), map[string]any{
		"doctor": w.ghost, "cause": "", "reason": "", "inputs": "", "at": day("at"), "due_at": 0,
		"status": gorm.Expr("CASE WHEN status IN ? THEN ? ELSE status END", []string{PushPlanned, PushHeld}, PushNone),
	})
}

// rename changes rows and their ids too: an id that was made of the doctor's would tell of whom the row was, and keep a row about whoever comes back from
// being written.
func (w *wipe) rename(table string, record any, of *gorm.DB, set map[string]any) error {
	var ids []string
	if err := of.Model(record).Order("id").Pluck("id", &ids).Error; err != nil {
		return err
	}
	for _, id := range ids {
		set["id"] = newID(table, w.ghost, id)
		if err := w.count(table, w.tx.Model(record).Where("id = ?", id).UpdateColumns(set)); err != nil {
			return err
		}
	}
	return nil
}

func (w *wipe) scans() error {
	return w.count("scans", w.tx.Model(&Scan{}).Where("conversation = ?", w.doctor).UpdateColumns(map[string]any{"conversation": w.ghost, "at": day("at")}))
}

func (w *wipe) links() error {
	return w.count("link_opens", w.tx.Model(&LinkOpen{}).Where("doctor IN ?", w.ids).UpdateColumns(map[string]any{
		"doctor": w.ghost, "effect": "", "at": day("at"),
	}))
}

// consents end by a decision without words, so that whoever comes back is asked again.
func (w *wipe) consents() error {
	var rows []Consent
	if err := w.tx.Where("conversation = ?", w.doctor).Order("purpose").Order("seq").Find(&rows).Error; err != nil {
		return err
	}
	newest := map[string]Consent{}
	for _, c := range rows {
		newest[c.Purpose] = c
	}
	var ends []Consent
	for _, c := range newest {
		if c.Granted && c.Seq < w.seq {
			ends = append(ends, Consent{Conversation: w.doctor, Seq: w.seq, Purpose: c.Purpose, Account: w.account, Policy: c.Policy, At: w.now})
		}
	}
	emptied := w.tx.Model(&Consent{}).Where("conversation = ? AND (asked <> '' OR raw <> '')", w.doctor).UpdateColumns(map[string]any{"asked": "", "raw": ""})
	if err := w.count("consents", emptied); err != nil {
		return err
	}
	return insert(w.tx, ends)
}

// influences of the doctor go; those of others that were about the doctor stay as a number.
func (w *wipe) influences() error {
	if err := w.drop("influences", &Influence{})(); err != nil {
		return err
	}
	about := w.tx.Where("account = ? AND other = ?", w.account, w.doctor)
	return w.rename("influences", &Influence{}, about, map[string]any{"other": "", "note": "", "at": day("at")})
}

// attendances keep that somebody was invited, came and was called, which a meeting is closed by; what was said goes.
func (w *wipe) attendances() error {
	return w.count("attendances", w.tx.Model(&Attendance{}).Where("doctor IN ?", w.ids).UpdateColumns(map[string]any{
		"doctor": w.ghost, "told": toldAll, "remind": "", "question": "", "useful": 0, "shift": "", "recommend": notSaid, "wish": "", "outcome_words": "", "follow_rep": "",
		"invited_at": day("invited_at"), "answered_at": day("answered_at"), "came_at": day("came_at"), "feedback_at": day("feedback_at"), "done_at": day("done_at"),
		"follow_until": 0, "outcome": gorm.Expr("CASE WHEN came = ? AND outcome = '' THEN ? ELSE outcome END", DidAttend, OutcomeGone),
	}))
}

// speakers stay on the agenda as a line without a name.
func (w *wipe) speakers() error {
	return w.count("meeting_items", w.tx.Model(&MeetingItem{}).Where("doctor IN ?", w.ids).UpdateColumns(map[string]any{"doctor": "", "name": ""}))
}

// transfers stay as a number of those who were given from one rep to another, and hold nobody. A departure that waited for the doctor alone is over.
func (w *wipe) transfers() error {
	var left []Transfer
	if err := w.tx.Where("doctor IN ? AND status = ?", w.ids, TransferProposed).Find(&left).Error; err != nil {
		return err
	}
	err := w.rename("transfers", &Transfer{}, w.tx.Where("doctor IN ?", w.ids), map[string]any{
		"doctor": w.ghost, "hold_key": nil, "reason": "", "at": day("at"), "read_at": day("read_at"), "contacted_at": day("contacted_at"), "answered_at": day("answered_at"),
		"status": gorm.Expr("CASE WHEN status = ? THEN ? ELSE status END", TransferProposed, TransferDropped),
	})
	if err != nil {
		return err
	}
	return endDepartures(w.tx, w.now, left)
}

func (w *wipe) tell() error {
	return w.count("notices", w.tx.Where("doctor IN ? AND team <> ?", w.ids, TeamPV).Delete(&Notice{}))
}

func (w *wipe) inquiries() error {
	return w.count("inquiries", w.tx.Model(&Inquiry{}).Where("doctor IN ?", w.ids).UpdateColumns(map[string]any{
		"doctor": w.ghost, "words": "", "answer": "", "at": day("at"), "due_at": 0, "answered_at": day("answered_at"),
		"status": gorm.Expr("CASE WHEN answered_at = 0 THEN ? ELSE status END", InquiryClosed),
	}))
}

func (w *wipe) flags() error {
	return w.count("flags", w.tx.Model(&Flag{}).Where("doctor IN ?", w.ids).UpdateColumns(map[string]any{
		"doctor": w.ghost, "words": "", "reason": "", "at": day("at"), "closed_at": day("closed_at"),
	}))
}

// merges lose what the record that went had. The doctor loses the key of the master data, so that a later import does not find the erased one by it.
func (w *wipe) merges() error {
	if err := w.tx.Model(&Doctor{}).Where("id = ? OR merged_into = ?", w.doctor, w.doctor).UpdateColumn("master_key", nil).Error; err != nil {
		return err
	}
	return w.count("merges", w.tx.Model(&Merge{}).Where("account = ? AND kind = ? AND (kept = ? OR gone = ?) AND detail <> '{}'", w.account, MergeDoctor, w.doctor, w.doctor).
		UpdateColumn("detail", "{}"))
}

// rights stay as proof of what was asked for and when it was done; whom they were of stands nowhere.
func (w *wipe) rights() error {
	var rows []RightsRequest
	if err := w.tx.Select("id").Where("doctor IN ?", w.ids).Order("id").Find(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		done := w.tx.Model(&RightsRequest{}).Where("id = ?", r.ID).UpdateColumns(map[string]any{
			"id": newID("right", w.ghost, r.ID), "doctor": "", "detail": "", "token": "", "expires_at": 0, "at": day("at"), "done_at": day("done_at"),
			"status": gorm.Expr("CASE WHEN done_at = 0 THEN ? ELSE status END", RightsRefused),
		})
		if err := w.count("rights_requests", done); err != nil {
			return err
		}
	}
	return nil
}
