package store

import (
	"fmt"

	"gorm.io/gorm"
)

// earlierPage is the number of rows chained at a time.
const earlierPage = 500

// chainEarlier chains the rows that were written before rows had chains, once: from then on a row without a chain is a finding. All of it is one transaction, so
// that a crash leaves nothing half sealed.
func (s *Store) chainEarlier(conn *gorm.DB) error {
	err := conn.Transaction(func(tx *gorm.DB) error {
		var n int64
		if err := tx.Model(&Chain{}).Where(map[string]any{"account": s.Account(), "chain": ChainBefore}).Count(&n).Error; err != nil || n > 0 {
			return err
		}
		head, err := s.lockChain(tx, ChainBefore)
		if err != nil {
			return err
		}
		for {
			more, err := s.chainSome(tx, &head)
			if err != nil {
				return err
			}
			if !more {
				break
			}
		}
		if head.Row == 0 {
			return nil
		}
		if err := s.mark(tx, &head); err != nil {
			return err
		}
		if err := saveChain(tx, head); err != nil {
			return err
		}
		return s.audit(tx, Audit{Actor: "system", Action: "audit_seal", Object: "chain:" + ChainBefore, Detail: fmt.Sprintf("%d rows", head.Row)})
	})
	if err != nil {
		return fmt.Errorf("chaining earlier audit rows: %w", err)
	}
	return nil
}

func (s *Store) chainSome(tx *gorm.DB, head *Chain) (more bool, err error) {
	var rows []Audit
	if err := tx.Where(map[string]any{"account": s.Account(), "chain": ""}).Order("id").Limit(earlierPage).Find(&rows).Error; err != nil {
		return false, err
	}
	for _, a := range rows {
		a.Chain, a.Row, a.Prev = head.Name, head.Row+1, head.Hash
		a.Hash = a.sum()
		if err := tx.Model(&a).Select("chain", "row_no", "prev", "hash").UpdateColumns(&a).Error; err != nil {
			return false, err
		}
		head.Row, head.Hash = a.Row, a.Hash
	}
	return len(rows) == earlierPage, nil
}
