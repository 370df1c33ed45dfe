package store

import (
	"context"

	"gorm.io/gorm"
)

// Did records what doctors did, in a transaction of its own. A behaviour with a ref that is known changes nothing.
func (s *Store) Did(ctx context.Context, rows ...Behaviour) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		for i := range rows {
			rows[i].Account = s.Account()
		}
		return insertNew(tx, rows)
	})
}
