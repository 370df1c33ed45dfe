package store

import (
	"fmt"

	"gorm.io/gorm"
)

// forget deletes what is known of the doctors whose turn says so (see Turn). It runs before the turns' own rows are written, which it must not touch.
func forget(tx *gorm.DB, turns []*Turn) error {
	var ids []string
	now := int64(0)
	for _, t := range turns {
		if t.Blank > 0 {
			ids = append(ids, t.Doctor.ID)
			now = max(now, t.Journal.ReceivedAt)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := tx.Where("conversation IN ?", ids).Delete(&Answer{}).Error; err != nil {
		return fmt.Errorf("deleting answers: %w", err)
	}
	for _, known := range []any{&PortraitValue{}, &Observation{}, &Behaviour{}, &Tag{}, &Score{}, &Verification{}, &Facets{}, &Rating{}, &Change{}, &Secret{},
		&Super{}, &SuperMove{}, &Influence{}, &Quote{}} {
		if err := tx.Where("doctor IN ?", ids).Delete(known).Error; err != nil {
			return fmt.Errorf("deleting %T: %w", known, err)
		}
	}
	if err := tx.Where("doctor IN ? AND team <> ?", ids, TeamPV).Delete(&Notice{}).Error; err != nil {
		return fmt.Errorf("deleting notices: %w", err)
	}
	if err := forgetReferrals(tx, now, ids); err != nil {
		return err
	}
	said := map[string]any{"remind": "", "question": "", "useful": 0, "shift": "", "recommend": notSaid, "wish": "", "outcome_words": ""}
	if err := tx.Model(&Attendance{}).Where("doctor IN ?", ids).UpdateColumns(said).Error; err != nil {
		return fmt.Errorf("emptying attendances: %w", err)
	}
	if err := forgetAsked(tx, ids); err != nil {
		return err
	}
	// A lead stays as the record of what people did; what it repeats of the doctor's answers does not, nor does the reason why a content item fitted.
	repeats := map[string]any{"score_lines": "[]", "points": 0, "note": "", "wish": ""}
	if err := tx.Model(&Lead{}).Where("doctor IN ?", ids).UpdateColumns(repeats).Error; err != nil {
		return fmt.Errorf("emptying leads: %w", err)
	}
	if err := tx.Model(&Sent{}).Where("doctor IN ?", ids).UpdateColumn("why", "").Error; err != nil {
		return fmt.Errorf("emptying reasons: %w", err)
	}
	return nil
}

// forgetAsked empties the doctors' questions to medical information, which nobody can answer any more, and the words of flags; that they were there stays.
func forgetAsked(tx *gorm.DB, doctors []string) error {
	open := tx.Model(&Inquiry{}).Where("doctor IN ? AND answered_at = 0", doctors)
	if err := open.UpdateColumn("status", InquiryClosed).Error; err != nil {
		return fmt.Errorf("closing inquiries: %w", err)
	}
	if err := tx.Model(&Inquiry{}).Where("doctor IN ?", doctors).UpdateColumns(map[string]any{"words": "", "answer": ""}).Error; err != nil {
		return fmt.Errorf("emptying inquiries: %w", err)
	}
	if err := tx.Model(&Flag{}).Where("doctor IN ?", doctors).UpdateColumn("words", "").Error; err != nil {
		return fmt.Errorf("emptying flags: %w", err)
	}
	return nil
}
