"""The product beside boosted trees and a linear model, on tables that packages carry."""
