//! The availability engine: civil rules to intervals to slots. Pure.
