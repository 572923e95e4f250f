/** Words of the contract that people choose from. */
import { named } from './words'

export const CATEGORIES = ['can_bo', 'cong_chuc', 'vien_chuc', 'nld_hop_dong', 'luc_luong_vu_trang', 'nguoi_hoat_dong_khong_chuyen_trach'] as const
export const REASONS = ['nghi_huu', 'thoi_viec', 'chuyen_cong_tac', 'tu_tran', 'buoc_thoi_viec', 'het_hop_dong', 'het_nhiem_ky', 'tinh_gian_bien_che', 'giai_the', 'khac'] as const
export const LEAVES = ['thai_san', 'om_dau', 'khong_luong', 'di_hoc', 'khac'] as const
export const LOCKS = ['compromised', 'suspended', 'violation', 'leave', 'inactivity', 'default_password', 'wrong_password', 'other'] as const

export const UNIT_KINDS = ['ubnd_huyen', 'ubnd_xa', 'so_nganh', 'phong', 'dang', 'mat_tran', 'doan_the', 'su_nghiep', 'truong_hoc'] as const
export const BLOCKS = ['chinh_quyen', 'dang_doan_the'] as const

export const choices = (words: readonly string[], prefix = '') => words.map((w) => [w, named(w, prefix)] as const)
